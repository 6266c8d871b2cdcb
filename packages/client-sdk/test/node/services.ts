import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startProcess, type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import { afterAll, beforeAll } from 'vitest'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** Starts one of the services as a process. */
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

/** Starts both services that a client needs, on one database; the stack stops them. */
export async function startServices(
  stack: AsyncDisposableStack,
  databasePath: string,
): Promise<{ url: string; readUrl: string }> {
  const ingest = stack.use(await startService('ingest', databasePath, await freePort()))
  const gateway = stack.use(await startService('ws-gateway', databasePath, await freePort()))
  return { url: ingest.url, readUrl: gateway.url }
}

/** Both services for all tests of a file; the addresses are set when its tests run. */
export function useServices(): { folder: TemporaryFolder; urls: { url: string; readUrl: string } } {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const urls = { url: '', readUrl: '' }
  beforeAll(
    async () => void Object.assign(urls, await startServices(stack, join(folder.path, 'skillwatch.db'))),
  )
  afterAll(() => stack.disposeAsync())
  return { folder, urls }
}
