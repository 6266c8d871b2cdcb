import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createSender, SendError } from '@skillwatch/client'
import { appendToSpool, replaySpool } from '@skillwatch/client/spool'
import type { Observation } from '@skillwatch/schema'

export interface DeliveryOptions {
  readonly url: string
  readonly apiKey: string | undefined
  readonly spoolFolder: string
  /** Whether an ingest of this machine empties the folder; else the next delivery that succeeds does. */
  readonly isDrainedByIngest: boolean
  readonly nowMs: () => number
}

export interface Delivery {
  /** Tells of the beginning while the command runs. What becomes of it is of no interest: the end tells everything. */
  begin(observation: Observation): void
  /** Sends, or keeps in the spool. @returns what has to be mended, in a sentence for people; never rejects */
  end(observation: Observation): Promise<string | undefined>
}

/** A command that has ended waits no longer than this for the server. */
const TIMEOUT_MS = 2_000
const ONCE = { attemptsMax: 1, timeoutMs: TIMEOUT_MS }

export function createDelivery(options: DeliveryOptions): Delivery {
  const { url, apiKey, spoolFolder, isDrainedByIngest, nowMs: now } = options
  const stopped = new AbortController()
  const sender = createSender({ url, apiKey, now, ...ONCE })

  async function send(observations: readonly Observation[], signal?: AbortSignal): Promise<void> {
    const { rejected } = await sender.send(observations, { signal })
    if (rejected[0]) throw new RejectedError(`${rejected[0].pointer} ${rejected[0].reason}`)
  }

  /** @returns what of it the server will never take, in a sentence for people */
  async function replay(): Promise<string | undefined> {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    let refusedCount = 0
    let reason = ''
    const hand = async (lines: string[]) => {
      const observations = lines.map((line) => JSON.parse(line) as Observation)
      const { rejectedCount, rejected } = await sender.send(observations, { signal })
      refusedCount += rejectedCount
      if (rejected[0]) reason = `${rejected[0].pointer} ${rejected[0].reason}`
    }
    // Older calls stay where they are when they cannot be sent now.
    await replaySpool(spoolFolder, hand, { now, signal }).catch(() => undefined)
    return refusedCount === 0
      ? undefined
      : `${refusedCount} of the calls that waited were not recorded: ${reason}`
  }

  return {
    begin(observation) {
      send([observation], stopped.signal).catch(() => undefined)
    },
    async end(observation) {
      stopped.abort()
      try {
        await send([observation])
      } catch (error) {
        if (error instanceof RejectedError) return `the call was not recorded: ${error.message}`
        const lost = keep(spoolFolder, observation, now)
        // A server that is away comes back by itself; one that refuses does not.
        const isRefusal = error instanceof SendError && error.kind === 'refused'
        return lost ?? (isRefusal ? `the call waits in ${spoolFolder}: ${error.message}` : undefined)
      }
      return isDrainedByIngest ? undefined : await replay()
    },
  }
}

class RejectedError extends Error {
  override readonly name = 'RejectedError'
}

function keep(folder: string, observation: Observation, now: () => number): string | undefined {
  try {
    if (appendToSpool(folder, JSON.stringify(observation), { now })) return undefined
    return `the call was not recorded: there is no server, and the spool ${folder} is full; start ingest, which empties it`
  } catch (error) {
    return `the call was not recorded: there is no server, and no spool: ${(error as Error).message}`
  }
}

/** Where calls for a server on another machine wait: apart for each, so that none is told what was meant for another. */
export function remoteSpoolFolder(url: string, env: NodeJS.ProcessEnv): string {
  const stateHome = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state')
  return join(stateHome, 'skillwatch', 'spool', createHash('sha256').update(url).digest('hex').slice(0, 16))
}

export function isOnThisMachine(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
