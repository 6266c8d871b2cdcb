import { binomialAtLeast, binomialAtMost } from '../distributions/binomial.ts'
import { designEffectOfSum } from './design-effect.ts'

/** An amount in a window, such as a number of uses, tokens, or dollars. */
export interface Amount {
  readonly total: number
  /** What each session contributed to it. Some of the sessions are enough when there are very many. */
  readonly bySession: readonly number[]
  /** The length of the window, in a unit that both windows share. */
  readonly exposure: number
}

export interface AmountComparison {
  /** How many times as much per exposure as before; null when there was nothing before. */
  readonly ratio: number | null
  /** The p-value of the same rate in both windows; null when no result could have been significant. */
  readonly p: number | null
}

/** With this level, too little data is data of which even the clearest case would not be significant. */
const LEVEL = 0.05

/**
 * Compares an amount with that of a window before. Given both together, the share of the second is binomial
 * when they are Poisson counts with the same rate, so the test is exact (Przyborowski & Wilenski, Biometrika
 * 31, 1940, 313-323). Both are divided by their common design effect first: events of one session are not
 * independent.
 */
export function compareAmounts(before: Amount, now: Amount): AmountComparison {
  const designEffect = designEffectOfSum([...before.bySession, ...now.bySession])
  const share = now.exposure / (before.exposure + now.exposure)
  const ratio = before.total === 0 ? null : now.total / now.exposure / (before.total / before.exposure)
  if (designEffect === 0) return { ratio, p: null }
  const all = (before.total + now.total) / designEffect
  const hits = now.total / designEffect
  const clearest = 2 * Math.min(share, 1 - share) ** all
  if (clearest > LEVEL) return { ratio, p: null }
  // Rounding may put what happened in one window a little above what happened in both.
  const tail = Math.min(binomialAtLeast(hits, all, share), binomialAtMost(Math.min(hits, all), all, share))
  return { ratio, p: Math.min(1, 2 * tail) }
}
