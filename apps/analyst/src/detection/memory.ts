import type { Detected } from '@skillwatch/analytics'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The hours that a run read: the start of the first one, and a digest of each. */
export interface ReadHours {
  readonly fromMs: number
  readonly digests: readonly string[]
}

/** What a run hands to the next one, so that the next one tests no hour again without need. */
export interface RunMemory {
  readonly hours: ReadHours
  /** What was found until some of the hours, the oldest first. */
  readonly interim: readonly Detected[]
}

/**
 * The interim results that hold for hours that were read now: those before the first hour that has changed.
 * What runs find is a function of the hours before them, so runs that continue after such a result find the
 * same as a replay of all hours.
 */
export function validResults(memory: RunMemory | undefined, hours: ReadHours): readonly Detected[] {
  if (memory === undefined || memory.hours.fromMs !== hours.fromMs) return []
  const changed = memory.hours.digests.findIndex((digest, hour) => digest !== hours.digests[hour])
  const same = changed < 0 ? memory.hours.digests.length : changed
  return memory.interim.filter((each) => untilMsOf(each) <= hours.fromMs + same * HOUR_MS)
}

/** Keeps interim results of a run: all of its last day, and the first one of each day before. */
export class InterimResults {
  readonly #kept: Detected[] = []
  readonly #allSinceMs: number

  /** @param untilMs the end of the last hour of the run */
  constructor(untilMs: number) {
    this.#allSinceMs = untilMs - DAY_MS
  }

  /**
   * Called in the order of time.
   * @param untilMs the end of the last hour that was tested
   */
  add(untilMs: number, detected: () => Detected): void {
    const newest = this.#kept.at(-1)
    const isOfNewDay = newest === undefined || dayOf(untilMs) !== dayOf(untilMsOf(newest))
    if (!isOfNewDay && untilMs < this.#allSinceMs) return
    const result = detected()
    // Before there are enough hours for a test, there is no result.
    if (result.state.untilMs !== null) this.#kept.push(result)
  }

  all(): readonly Detected[] {
    return this.#kept
  }
}

/** The end of the last hour that was tested. */
export function untilMsOf({ state }: Detected): number {
  return state.untilMs ?? Number.NEGATIVE_INFINITY
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS)
}
