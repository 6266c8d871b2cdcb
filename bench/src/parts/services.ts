import { fileURLToPath } from 'node:url'
import { freePort, type RunningProcess, startProcess } from '@skillwatch/testkit'

export interface RunningService {
  readonly url: string
  readonly pid: number
  readonly process: RunningProcess
}

/** Starts an app as it is started for real, on a free port of the loopback, with the defaults of its settings. */
export async function startService(
  app: 'ingest' | 'ws-gateway',
  databaseUrl: string,
): Promise<RunningService> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const variable = `${app.toUpperCase().replaceAll('-', '_')}_PORT`
  const running = await startProcess({
    args: [fileURLToPath(new URL(`../../../apps/${app}/bin.mjs`, import.meta.url))],
    env: { [variable]: String(port), SKILLWATCH_DATABASE_URL: databaseUrl, SKILLWATCH_LOG_LEVEL: 'warn' },
    ready: async () => (await fetch(`${url}/health/ready`)).ok,
  })
  return { url, pid: running.pid, process: running }
}
