import { fileURLToPath } from 'node:url'
import { freePort, startProcess } from '@skillwatch/testkit'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** One of the services as it is started for real. */
export async function startService(
  app: 'ingest' | 'ws-gateway',
  databasePath: string,
  port: number,
  env = {},
) {
  const name = app === 'ingest' ? 'INGEST' : 'WS_GATEWAY'
  const url = `http://127.0.0.1:${port}`
  const running = await startProcess({
    args: [`${root}/apps/${app}/bin.mjs`],
    cwd: root,
    env: {
      [`${name}_PORT`]: String(port),
      SKILLWATCH_DATABASE_URL: `sqlite:${databasePath}`,
      SKILLWATCH_LOG_LEVEL: 'warn',
      ...(app === 'ingest' && { INGEST_OTLP_PORT: '0' }),
      ...env,
    },
    ready: async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok ?? false,
  })
  return { url, running, [Symbol.asyncDispose]: async () => void (await running.stop()) }
}

/** Both services that a client needs, on one database, for as long as the stack lives. */
export async function startServices(
  stack: AsyncDisposableStack,
  databasePath: string,
): Promise<{ url: string; readUrl: string }> {
  const ingest = stack.use(await startService('ingest', databasePath, await freePort()))
  const gateway = stack.use(await startService('ws-gateway', databasePath, await freePort()))
  return { url: ingest.url, readUrl: gateway.url }
}
