import { CliError } from '../errors.ts'
import { ask } from '../http.ts'
import type { ServiceName, Settings } from '../settings.ts'
import { nextFreePort, portHolder } from './ports.ts'
import { describeTakenPorts, type IsSameDatabase, type TakenPort } from './taken-ports.ts'

/** @throws {CliError} when a port is in use: by which program, and what to do */
export async function demandFreePorts(settings: Settings): Promise<void> {
  const taken = await takenPorts(settings)
  if (taken.length === 0) return
  throw new CliError(describeTakenPorts(taken, await isSameDatabase(taken, settings)))
}

async function takenPorts({ listeners }: Settings): Promise<TakenPort[]> {
  const names = Object.keys(listeners) as ServiceName[]
  const ports = await Promise.all(
    names.map(async (name): Promise<TakenPort | undefined> => {
      const listener = listeners[name]
      const holder = await portHolder(listener)
      if (holder.kind === 'none') return undefined
      const running = holder.kind === 'skillwatch' ? holder.running : undefined
      return { ...listener, name, running, freePort: await nextFreePort(listener) }
    }),
  )
  return ports.filter((port) => port !== undefined)
}

/**
 * Compares the change logs of project `default`, which each database has its own of. Where ingest
 * names its log only to callers with a key, the paths are compared.
 */
async function isSameDatabase(
  taken: readonly TakenPort[],
  { databaseUrl }: Settings,
): Promise<IsSameDatabase> {
  const running = await runningEpoch(taken)
  const own = running === undefined ? undefined : await ownEpoch(databaseUrl)
  if (running !== undefined && own !== undefined) return running === own
  const path = taken.find((each) => each.running?.database !== undefined)?.running?.database
  return path === undefined ? undefined : `sqlite:${path}` === databaseUrl
}

async function runningEpoch(taken: readonly TakenPort[]): Promise<string | undefined> {
  const ingest = taken.find(({ running }) => running?.service === 'ingest')
  if (ingest === undefined) return undefined
  const endpoint = { name: 'ingest', url: ingest.url, apiKey: undefined, option: '' }
  const answer = await ask(endpoint, '/v1/stream', { timeoutMs: 1_000 }).catch(() => undefined)
  const { epoch } = (answer?.body ?? {}) as { epoch?: unknown }
  return typeof epoch === 'string' ? epoch : undefined
}

/** Empty when there is no database yet; undefined when it cannot be read. */
async function ownEpoch(databaseUrl: string): Promise<string | undefined> {
  const db = await import('@skillwatch/db')
  try {
    using reader = db.openReader(databaseUrl)
    return db.streamPosition(reader, db.findProject(reader, 'default')!.project_id).epoch
  } catch (error) {
    return error instanceof db.DatabaseError && error.kind === 'missing' ? '' : undefined
  }
}
