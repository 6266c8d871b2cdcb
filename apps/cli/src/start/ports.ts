import { once } from 'node:events'
import { createServer } from 'node:net'
import { CliError } from '../errors.ts'
import { ask } from '../http.ts'
import type { Listener, ServiceName } from '../settings.ts'

/** Who has a port: nobody, a Skillwatch service, or another program. */
export type PortHolder = 'nobody' | 'skillwatch' | 'other'

/** Finds out by listening for a moment, then by asking whoever is there. */
export async function portHolder({
  host,
  port,
  url,
}: Pick<Listener, 'host' | 'port' | 'url'>): Promise<PortHolder> {
  if (await isFree(host, port)) return 'nobody'
  const answer = await ask({ name: '', url, apiKey: undefined, option: '' }, '/health/live', {
    timeoutMs: 1_000,
  }).catch(
    () => undefined, // It speaks no HTTP, so it is not one of ours.
  )
  return answer?.status === 200 && answer.body !== undefined ? 'skillwatch' : 'other'
}

/** @throws {CliError} naming every port that is taken, and how to choose another one */
export async function demandFreePorts(listeners: Readonly<Record<ServiceName, Listener>>): Promise<void> {
  const holders = await Promise.all(
    Object.entries(listeners).map(async ([name, listener]) => ({
      name,
      listener,
      holder: await portHolder(listener),
    })),
  )
  const taken = holders.filter(({ holder }) => holder !== 'nobody')
  if (taken.length === 0) return
  if (taken.every(({ holder }) => holder === 'skillwatch')) {
    const addresses = taken.map(({ name, listener }) => `${name} at ${listener.url}`).join(', ')
    throw new CliError(
      `Skillwatch is already running (${addresses}). \`skillwatch doctor\` shows how it is.`,
    )
  }
  const lines = taken.map(
    ({ name, listener: { port, portVariable } }) =>
      `port ${port} of ${name} is taken by another program: stop that one, or choose a port with ${portVariable}=${port + 10}`,
  )
  throw new CliError(lines.join('\n'))
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
    return true
  } catch (error) {
    // Only "in use" is about others; a wrong host or a forbidden port is for the service to tell.
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE'
  } finally {
    if (server.listening) {
      server.close()
      await once(server, 'close')
    }
  }
}
