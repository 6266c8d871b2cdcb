import { expect, test } from 'vitest'
import { compareAmounts, compareShares, qValues } from '../../src/index.ts'

const REPORTS = 200
const SKILLS = 10
const LEVEL = 0.05

interface Session {
  readonly uses: number
  readonly hits: number
  readonly of: number
}

/** Numerical Recipes' generator: the same numbers in every run. */
function createRandom(): () => number {
  let seed = 7
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
    return seed / 2 ** 32
  }
}

/** Sessions with several uses each, and failures that happen in some sessions more than in others. */
function window(random: () => number, sessions: number, failures: number): Session[] {
  const count = Array.from({ length: 3 * sessions }, random).filter((each) => each < 1 / 3).length
  return Array.from({ length: count }, () => {
    const uses = 1 + Math.floor(4 * random())
    const of = 5 * uses
    const share = random() < 0.2 ? 3 * failures : failures / 2
    return { uses, of, hits: Array.from({ length: of }, random).filter((each) => each < share).length }
  })
}

function compare(before: readonly Session[], now: readonly Session[]): (number | null)[] {
  const sum = (sessions: readonly Session[], name: keyof Session) =>
    sessions.reduce((total, session) => total + session[name], 0)
  const amount = (sessions: readonly Session[]) => ({
    total: sum(sessions, 'uses'),
    bySession: sessions.map(({ uses }) => uses),
    exposure: 1,
  })
  const share = (bySession: readonly Session[]) => ({
    hits: sum(bySession, 'hits'),
    of: sum(bySession, 'of'),
    bySession,
  })
  return [compareAmounts(amount(before), amount(now)).p, compareShares(share(before), share(now)).p]
}

/** The share of reports that show a change of one of their skills. */
function reportsWithChange(changeOfUses: number, changeOfFailures: number): number {
  const random = createRandom()
  const reports = Array.from({ length: REPORTS }, () => {
    const pValues = Array.from({ length: SKILLS }, (_, skill) =>
      compare(
        window(random, 5 + 4 * skill, 0.05),
        window(random, changeOfUses * (5 + 4 * skill), changeOfFailures * 0.05),
      ),
    )
    return qValues(pValues.flat().filter((p) => p !== null)).some((q) => q <= LEVEL)
  })
  return reports.filter((isChanged) => isChanged).length / REPORTS
}

test('of reports without a change at most one in twenty shows one', () => {
  expect(reportsWithChange(1, 1)).toBeLessThanOrEqual(LEVEL)
})

test('of reports in which everything changed nearly all show it', () => {
  expect(reportsWithChange(3, 1)).toBeGreaterThan(0.95)
  expect(reportsWithChange(1, 4)).toBeGreaterThan(0.95)
})
