import type { Share } from '../share.ts'

/**
 * How many times larger the variance of a sum is than that of a count, because what belongs to one session
 * happens together: Σy² / Σy, where y is what a session contributed. A sum divided by it varies like a count
 * of independent events (Fay & Feuer, Statistics in Medicine 16, 1997, 791-801, for weighted sums).
 * 0 when all sessions contributed nothing.
 */
export function designEffectOfSum(bySession: readonly number[]): number {
  const sum = bySession.reduce((total, value) => total + value, 0)
  return sum === 0 ? 0 : bySession.reduce((total, value) => total + value ** 2, 0) / sum
}

/**
 * The same for the difference of two shares: the variance of the difference, divided by the binomial one
 * (Rao & Scott, Biometrics 48, 1992, 577-585). At least 1: calls of one session are alike, and where they
 * seem less alike than by chance, that is chance.
 */
export function designEffectOfShares(a: readonly Share[], b: readonly Share[]): number {
  const [totalA, totalB] = [totalOf(a), totalOf(b)]
  const pooled = (totalA.hits + totalB.hits) / (totalA.of + totalB.of)
  const binomial = pooled * (1 - pooled) * (1 / totalA.of + 1 / totalB.of)
  return binomial > 0 ? Math.max(1, (varianceOfRatio(a) + varianceOfRatio(b)) / binomial) : 1
}

export function totalOf(sessions: readonly Share[]): Share {
  const sum = (name: keyof Share) => sessions.reduce((total, session) => total + session[name], 0)
  return { hits: sum('hits'), of: sum('of') }
}

/**
 * The variance of a ratio of sums over sessions, by leaving out one session after the other. Of the usual
 * estimates it is the one that is not too small with few sessions (Efron & Stein, Annals of Statistics 9,
 * 1981, 586-596).
 */
function varianceOfRatio(sessions: readonly Share[]): number {
  const all = totalOf(sessions)
  const without = sessions.map(({ hits, of }) => (all.hits - hits) / (all.of - of))
  const squares = without.reduce((sum, share) => sum + (share - all.hits / all.of) ** 2, 0)
  return ((sessions.length - 1) / sessions.length) * squares
}
