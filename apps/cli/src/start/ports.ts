import { once } from 'node:events'
import { createServer } from 'node:net'
import { CliError } from '../errors.ts'
import { ask } from '../http.ts'
import type { Listener, ServiceName } from '../settings.ts'

/** Which program listens on a port: none, a Skillwatch service, or another one. */
export type PortHolder = 'none' | 'skillwatch' | 'other'

/** Tries to listen on the port; if it is in use, asks for Skillwatch's health route. */
export async function portHolder({
  host,
  port,
  url,
}: Pick<Listener, 'host' | 'port' | 'url'>): Promise<PortHolder> {
  if (await isFree(host, port)) return 'none'
  const answer = await ask({ name: '', url, apiKey: undefined, option: '' }, '/health/live', {
    timeoutMs: 1_000,
  }).catch(
    () => undefined, // A program that speaks no HTTP.
  )
  return answer?.status === 200 && answer.body !== undefined ? 'skillwatch' : 'other'
}

/** @throws {CliError} naming every port that is in use, and how to choose another one */
export async function demandFreePorts(listeners: Readonly<Record<ServiceName, Listener>>): Promise<void> {
  const holders = await Promise.all(
    Object.entries(listeners).map(async ([name, listener]) => ({
      name,
      listener,
      holder: await portHolder(listener),
    })),
  )
  const taken = holders.filter(({ holder }) => holder !== 'none')
  if (taken.length === 0) return
  if (taken.every(({ holder }) => holder === 'skillwatch')) {
    const addresses = taken.map(({ name, listener }) => `${name} at ${listener.url}`).join(', ')
    throw new CliError(`Skillwatch is already running (${addresses}). \`skillwatch doctor\` checks it.`)
  }
  const lines = taken.map(
    ({ name, listener: { port, portVariable } }) =>
      `port ${port} of ${name} is used by another program: ` +
      `stop that program, or choose another port, such as ${portVariable}=${port + 10}`,
  )
  throw new CliError(lines.join('\n'))
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
