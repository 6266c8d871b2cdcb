import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createSender, SendError } from '@skillwatch/client'
import { appendToSpool } from '@skillwatch/client/spool'
import { type LinesSetAside, replaySpool } from '@skillwatch/client/spool/replay'
import type { Observation } from '@skillwatch/schema'
import { stateFolder } from '../state-folder.ts'

export interface RunReporterOptions {
  readonly url: string
  readonly apiKey: string | undefined
  readonly project: string | undefined
  readonly spoolFolder: string
  /** Whether an ingest on this machine empties the folder. Otherwise the next report that succeeds does. */
  readonly isDrainedByIngest: boolean
  readonly nowMs: () => number
}

/** Milliseconds to wait for the server after the command has ended. */
const TIMEOUT_MS = 2_000
const ONCE = { attemptsMax: 1, timeoutMs: TIMEOUT_MS }

class RejectedError extends Error {
  override readonly name = 'RejectedError'
}

/** Reports start and end of a command to ingest, or spools the end when ingest does not answer. */
export class RunReporter {
  readonly #options: RunReporterOptions
  readonly #sender: ReturnType<typeof createSender>
  readonly #ended = new AbortController()

  constructor(options: RunReporterOptions) {
    this.#options = options
    const { url, apiKey, project, nowMs } = options
    this.#sender = createSender({ url, apiKey, project, now: nowMs, ...ONCE })
  }

  /** Sends the start in the background. Its errors are ignored, as the end contains everything. */
  start(observation: Observation): void {
    this.#send(observation, this.#ended.signal).catch(() => undefined)
  }

  /** Sends or spools the end. Never rejects. @returns a problem that the user should fix */
  async end(observation: Observation): Promise<string | undefined> {
    this.#ended.abort()
    try {
      await this.#send(observation)
    } catch (error) {
      if (error instanceof RejectedError) return `the call was not recorded: ${error.message}`
      return this.#spool(observation, error)
    }
    return this.#options.isDrainedByIngest ? undefined : await this.#replay()
  }

  async #send(observation: Observation, signal?: AbortSignal): Promise<void> {
    const { rejected } = await this.#sender.send([observation], { signal })
    if (rejected[0]) throw new RejectedError(`${rejected[0].pointer} ${rejected[0].reason}`)
  }

  #spool(observation: Observation, error: unknown): string | undefined {
    const { spoolFolder, nowMs } = this.#options
    const lost = spool(spoolFolder, observation, nowMs)
    // A server that does not answer needs no action of the user. One that refuses does.
    const isRefusal = error instanceof SendError && error.kind === 'refused'
    return lost ?? (isRefusal ? `the call waits in ${spoolFolder}: ${error.message}` : undefined)
  }

  /** Sends the calls that were spooled before. @returns what the server rejected, if anything */
  async #replay(): Promise<string | undefined> {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const problems: string[] = []
    let reason = ''
    const sendLines = async (lines: string[]) => {
      const observations = lines.map((line) => JSON.parse(line) as Observation)
      const { rejectedCount, rejected } = await this.#sender.send(observations, { signal })
      if (rejected[0]) reason = `${rejected[0].pointer} ${rejected[0].reason}`
      // When all are rejected, the server lists only the first of them.
      return rejectedCount === lines.length ? lines : rejected.map(({ index }) => lines[index]!)
    }
    const onSetAside = ({ lines, path, ...aside }: LinesSetAside) => {
      const why = aside.reason === 'rejected' ? reason : 'not JSON'
      problems.push(`${lines} of the calls that waited were not recorded and are now in ${path}: ${why}`)
    }
    // Calls that cannot be sent now remain in the spool.
    const options = { now: this.#options.nowMs, signal, onSetAside }
    await replaySpool(this.#options.spoolFolder, sendLines, options).catch(() => undefined)
    return problems.length === 0 ? undefined : problems.join('; ')
  }
}

/** @returns why the observation is lost; undefined when it was spooled */
function spool(folder: string, observation: Observation, now: () => number): string | undefined {
  const lost = 'the call was not recorded: no server answers'
  try {
    if (appendToSpool(folder, JSON.stringify(observation), { now })) return undefined
    return `${lost}, and the spool ${folder} is full; start ingest, which empties it`
  } catch (error) {
    return `${lost}, and it cannot be spooled: ${(error as Error).message}`
  }
}

/**
 * The spool for a server on another machine, or for a named project. Each has its own, so that no server and
 * no project receives another's calls.
 */
export function ownSpoolFolder(
  { url, project }: { url: string; project: string | undefined },
  env: NodeJS.ProcessEnv,
): string {
  const destination = project === undefined ? url : `${url}\n${project}`
  return join(stateFolder(env), 'spool', createHash('sha256').update(destination).digest('hex').slice(0, 16))
}
