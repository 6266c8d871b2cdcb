import { deserialize, serialize } from 'node:v8'
import type { Detected } from '@skillwatch/analytics'
import type { Plan } from '../schedule.ts'
import type { PackedSlices } from './slices.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What a run hands to the next one, so that the next one reads and tests no hour again without need. */
export interface RunMemory extends PackedSlices {
  /** The start of the first hour that was read, and the end of the last one. */
  readonly fromMs: number
  readonly untilMs: number
  /** Changes until here have been read. */
  readonly position: { readonly epoch: string; readonly offset: number }
  /** The instant of the last run that read all hours. */
  readonly allReadAtMs: number
  /** What was found until some of the hours, the oldest first. */
  readonly interim: readonly Detected[]
}

/** As bytes, so that its size is known and the process that only keeps it needs no objects. */
export function packMemory(memory: RunMemory): Uint8Array {
  return serialize(memory)
}

/** The memory of a run, when it can serve another one: both begin with the same hour. */
export function memoryFor({ fromMs, untilMs }: Plan, packed: Uint8Array | undefined): RunMemory | undefined {
  if (packed === undefined) return undefined
  const memory = deserialize(packed) as RunMemory
  return memory.fromMs === fromMs && memory.untilMs <= untilMs ? memory : undefined
}

/**
 * The interim results that still hold: those before the first hour that has changed. What runs find is a
 * function of the hours before them, so runs that continue after such a result find the same as a replay of
 * all hours.
 */
export function validResults(memory: RunMemory | undefined, changedFromMs: number): readonly Detected[] {
  return memory?.interim.filter((each) => untilMsOf(each) <= changedFromMs) ?? []
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
