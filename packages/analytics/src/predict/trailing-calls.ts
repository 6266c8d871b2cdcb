const HOUR_MS = 3_600_000

/** An ended call of a skill. */
export interface EndedCall {
  readonly invokedAtMs: number
  readonly endedAtMs: number
  readonly completed: boolean
}

/** Ended calls before an instant, and those that completed. */
export interface TrailingCount {
  readonly calls: number
  readonly completed: number
}

/** The first full hour of a window that ends at an instant: roll-ups of hours have no part of an hour. */
export function trailingSince(atMs: number, windowMs: number): number {
  return Math.ceil((atMs - windowMs) / HOUR_MS) * HOUR_MS
}

/**
 * Counts the calls of a skill that began within a window before an instant and had ended by then. Instants
 * must ascend, so that each call is looked at twice.
 */
export class TrailingCalls {
  readonly #byStart: readonly EndedCall[]
  readonly #byEnd: readonly EndedCall[]
  readonly #windowMs: number
  readonly #counted = new Set<EndedCall>()
  #left = 0
  #ended = 0
  #completed = 0

  constructor(calls: readonly EndedCall[], windowMs: number) {
    this.#byStart = calls.toSorted((a, b) => a.invokedAtMs - b.invokedAtMs)
    this.#byEnd = calls.toSorted((a, b) => a.endedAtMs - b.endedAtMs)
    this.#windowMs = windowMs
  }

  at(atMs: number): TrailingCount {
    const sinceMs = trailingSince(atMs, this.#windowMs)
    for (; (this.#byEnd[this.#ended]?.endedAtMs ?? Infinity) <= atMs; this.#ended += 1) {
      const call = this.#byEnd[this.#ended]!
      if (call.invokedAtMs >= sinceMs) this.#count(call)
    }
    for (; (this.#byStart[this.#left]?.invokedAtMs ?? Infinity) < sinceMs; this.#left += 1)
      this.#forget(this.#byStart[this.#left]!)
    return { calls: this.#counted.size, completed: this.#completed }
  }

  #count(call: EndedCall): void {
    this.#counted.add(call)
    this.#completed += Number(call.completed)
  }

  #forget(call: EndedCall): void {
    if (this.#counted.delete(call)) this.#completed -= Number(call.completed)
  }
}
