import { fileURLToPath } from 'node:url'
import { freePort, type RunningProcess, startProcess } from '@skillwatch/testkit'

export interface RunningService {
  readonly url: string
  readonly pid: number
  readonly process: RunningProcess
}

/**
 * Starts an app as in production, on a free port of the loopback, with the defaults of its settings.
 * @param env settings that differ from their defaults
 */
export async function startService(
  app: 'ingest' | 'ws-gateway',
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const variable = `${app.toUpperCase().replaceAll('-', '_')}_PORT`
  const running = await startProcess({
    args: [fileURLToPath(new URL(`../../../apps/${app}/bin.mjs`, import.meta.url))],
    env: {
      [variable]: String(port),
      INGEST_OTLP_PORT: '0',
      SKILLWATCH_DATABASE_URL: databaseUrl,
      SKILLWATCH_LOG_LEVEL: 'warn',
      ...env,
    },
    ready: async () => (await fetch(`${url}/health/ready`)).ok,
  })
  return { url, pid: running.pid, process: running }
}

/** What ingest has committed so far, from its metrics. */
export interface Commits {
  readonly transactions: number
  readonly observations: number
  readonly seconds: number
}

export async function readCommits(ingestUrl: string): Promise<Commits> {
  const text = await (await fetch(`${ingestUrl}/metrics`)).text()
  const read = (name: string) =>
    Number(new RegExp(`^skillwatch_ingest_commit_${name} (\\S+)$`, 'm').exec(text)?.[1])
  return {
    transactions: read('observations_count'),
    observations: read('observations_sum'),
    seconds: read('duration_seconds_sum'),
  }
}
