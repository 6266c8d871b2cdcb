import { fileURLToPath } from 'node:url'
import { freePort, startProcess } from '@skillwatch/testkit'

/** Starts a Fastify route that returns `{}`, in a process of its own. @returns its address */
export async function startEmptyRoute(stack: AsyncDisposableStack): Promise<string> {
  const port = await freePort()
  const path = fileURLToPath(new URL('./empty-server.ts', import.meta.url))
  stack.use(await startProcess({ args: [path, String(port)], ready: /listening/ }))
  return `http://127.0.0.1:${port}`
}
