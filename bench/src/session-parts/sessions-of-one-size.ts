import { processorSeconds } from '../harness/processor-time.ts'
import { summarise } from '../harness/statistics.ts'
import type { HttpLoad } from '../parts/http-load.ts'
import type { RunningService } from '../parts/services.ts'
import type { Request } from './requests.ts'
import { type Addition, fillingOf, type Session } from './sessions.ts'

const REPEATS = 5
/** A request that takes longer is given up, and the measure has this value. */
const REQUEST_MS_MAX = 10_000
const FILLING_MS_MAX = 60_000

/** The sessions of one size, with an ingest of their own. */
export class SessionsOfOneSize {
  readonly size: number
  readonly #sessions: readonly Session[]
  readonly #ingest: RunningService
  readonly #load: HttpLoad
  #isGivenUp = false
  #next = 0

  constructor(
    size: number,
    sessions: readonly Session[],
    { ingest, load }: { ingest: RunningService; load: HttpLoad },
  ) {
    this.size = size
    this.#sessions = sessions
    this.#ingest = ingest
    this.#load = load
  }

  /** Records the first calls and the log records of their activations. */
  async fill(): Promise<void> {
    const startedAt = performance.now()
    for (const request of fillingOf(this.#sessions)) {
      const leftMs = FILLING_MS_MAX - (performance.now() - startedAt)
      await this.#send(request, Math.max(1, Math.round(leftMs)))
    }
  }

  /** @returns the processor time of ingest for one request in milliseconds, the median of a few */
  async measure(addition: Addition): Promise<number> {
    const durationsMs: number[] = []
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const session = this.#sessions[this.#next++ % this.#sessions.length]!
      durationsMs.push(await this.#processorMs(session.add(addition)))
    }
    return summarise(durationsMs).median
  }

  async #processorMs(request: Request): Promise<number> {
    if (this.#isGivenUp) return REQUEST_MS_MAX
    const before = processorSeconds(this.#ingest.pid)
    await this.#send(request, REQUEST_MS_MAX)
    return this.#isGivenUp ? REQUEST_MS_MAX : (processorSeconds(this.#ingest.pid) - before) * 1000
  }

  async #send({ path, body }: Request, timeoutMs: number): Promise<void> {
    if (this.#isGivenUp) return
    try {
      await this.#load.send('POST', path, body, timeoutMs)
    } catch (error) {
      if (!['AbortError', 'TimeoutError'].includes((error as Error).name)) throw error
      this.#giveUp(timeoutMs)
    }
  }

  /** Ingest is still busy with the request, so every later measure has the longest time too. */
  #giveUp(timeoutMs: number): void {
    this.#isGivenUp = true
    console.error(
      `sessions of ${this.size} calls: a request took more than ${timeoutMs} ms; their ingest is ended`,
    )
    this.#ingest.process.kill('SIGKILL')
  }
}
