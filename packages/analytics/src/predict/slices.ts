import type { KnownBefore } from './known-before.ts'

/** An ended call, with what was known before it. */
export interface KnownCall {
  /** Number of its session. */
  readonly session: number
  readonly invokedAtMs: number
  readonly endedAtMs: number
  /** 1 when it completed, else 0. */
  readonly outcome: 0 | 1
  readonly known: KnownBefore
}

export interface Slices {
  readonly train: readonly KnownCall[]
  readonly calibrate: readonly KnownCall[]
  readonly judge: readonly KnownCall[]
}

/** The shares of the calls before the two instants that divide them. */
const CUTS = [0.6, 0.8] as const

/**
 * Divides calls by two instants, and sessions by the slice in which they begin, so that no session is in
 * two slices. Calls that a session has after the end of its slice, or that ended after it, are left out:
 * they were not known when the next slice began.
 */
export function slicesOf(calls: readonly KnownCall[]): Slices {
  const sorted = calls.toSorted((a, b) => a.invokedAtMs - b.invokedAtMs)
  const [first, second] = CUTS.map((share) => sorted[Math.floor(share * sorted.length)]?.invokedAtMs ?? 0)
  const beganAtMs = new Map<number, number>()
  for (const { session, invokedAtMs } of sorted)
    if (!beganAtMs.has(session)) beganAtMs.set(session, invokedAtMs)
  const within = (fromMs: number, toMs: number) =>
    sorted.filter(({ session, endedAtMs }) => {
      const begin = beganAtMs.get(session)!
      return begin >= fromMs && begin < toMs && endedAtMs < toMs
    })
  return {
    train: within(Number.NEGATIVE_INFINITY, first!),
    calibrate: within(first!, second!),
    judge: within(second!, Number.POSITIVE_INFINITY),
  }
}
