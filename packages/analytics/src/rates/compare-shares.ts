import { fisherTwoSided } from '../distributions/fisher.ts'
import type { Share } from '../share.ts'
import { designEffectOfShares, totalOf } from './design-effect.ts'
import { type Interval, newcombeInterval } from './intervals.ts'

/** A share in a window, such as that of calls that failed. */
export interface SessionShares extends Share {
  /** The same for each session. Some of the sessions are enough when there are very many. */
  readonly bySession: readonly Share[]
}

export interface ShareComparison {
  /** Share now minus share before; null when one of them has no calls. */
  readonly difference: number | null
  /** The 95% interval of the difference; null when there is too little data. */
  readonly interval: Interval | null
  /** The p-value of equal shares; null when there is too little data. */
  readonly p: number | null
}

/** On each side, so that an interval means something: calls after division by the design effect. */
const CALLS_MIN = 20
/** On each side, so that the design effect can be estimated. */
const SESSIONS_MIN = 8

/**
 * Compares a share with that of a window before, by Fisher's exact test and Newcombe's interval. All counts
 * are divided by their common design effect first: calls of one session are not independent.
 */
export function compareShares(before: SessionShares, now: SessionShares): ShareComparison {
  const difference = before.of > 0 && now.of > 0 ? now.hits / now.of - before.hits / before.of : null
  const [sessionsBefore, sessionsNow] = [before, now].map(({ bySession }) => bySession.filter(hasCalls))
  if (Math.min(sessionsBefore!.length, sessionsNow!.length) < SESSIONS_MIN)
    return { difference, interval: null, p: null }
  const designEffect = designEffectOfShares(sessionsBefore!, sessionsNow!)
  const [a, b] = [divided(now, designEffect), divided(before, designEffect)]
  if (Math.min(a.of, b.of) < CALLS_MIN) return { difference, interval: null, p: null }
  return { difference, interval: newcombeInterval(a, b), p: fisherTwoSided(rounded(a), rounded(b)) }
}

/** The share of one window with its calls divided by their design effect, for an interval of its own. */
export function effectiveShare(share: SessionShares): Share | null {
  const sessions = share.bySession.filter(hasCalls)
  if (sessions.length < SESSIONS_MIN || totalOf(sessions).of === 0) return null
  const effective = divided(share, designEffectOfShares(sessions, sessions))
  return effective.of < CALLS_MIN ? null : effective
}

function hasCalls({ of }: Share): boolean {
  return of > 0
}

function divided({ hits, of }: Share, by: number): Share {
  return { hits: hits / by, of: of / by }
}

function rounded({ hits, of }: Share): Share {
  return { hits: Math.round(hits), of: Math.round(of) }
}
