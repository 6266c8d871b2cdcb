import { once } from 'node:events'
import { createServer } from 'node:net'
import { ask } from '../http.ts'
import type { Listener } from '../settings.ts'

/** What a Skillwatch service says of itself in `/health/live`. Earlier versions say nothing. */
export interface RunningService {
  readonly service?: string
  readonly started_by?: string
  readonly pid?: number
  readonly parent_pid?: number
  readonly database?: string
}

/** Which program listens on a port: none, a Skillwatch service, or another one. */
export type PortHolder =
  | { readonly kind: 'none' | 'other' }
  | { readonly kind: 'skillwatch'; readonly running: RunningService }

/** Tries to listen on the port; if it is in use, asks for Skillwatch's health route. */
export async function portHolder({
  host,
  port,
  url,
}: Pick<Listener, 'host' | 'port' | 'url'>): Promise<PortHolder> {
  if (await isFree(host, port)) return { kind: 'none' }
  const answer = await ask({ name: '', url, apiKey: undefined, option: '' }, '/health/live', {
    timeoutMs: 1_000,
  }).catch(
    () => undefined, // A program that speaks no HTTP.
  )
  const body = answer?.status === 200 ? (answer.body as { status?: unknown } | null | undefined) : undefined
  return body?.status === 'ok' ? { kind: 'skillwatch', running: body as RunningService } : { kind: 'other' }
}

/** The next free port, in steps of ten, so that the ports of one Skillwatch stay recognisable. */
export async function nextFreePort({ host, port }: Pick<Listener, 'host' | 'port'>): Promise<number> {
  for (let next = port + 10; next <= 65_535; next += 10) if (await isFree(host, next)) return next
  return port
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
    return true
  } catch (error) {
    // The service itself reports other errors, such as a wrong host or a forbidden port.
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE'
  } finally {
    if (server.listening) {
      server.close()
      await once(server, 'close')
    }
  }
}
