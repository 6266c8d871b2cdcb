import { type Amount, compareAmounts, compareShares, type SessionShares } from '@skillwatch/analytics'
import { judge, type Unjudged } from './judge.ts'
import type { Measured, MeasuredSkill } from './measure.ts'
import type { Counts } from './report.ts'

/**
 * All comparisons of a window with the one before, judged together: first those of totals.
 * @param isNew whether a skill (by `skillKey`) was used first in the later window
 */
export function compareWindows(before: Measured, now: Measured, isNew: (key: string) => boolean) {
  const skills = new Map([...before.skills, ...now.skills])
  return judge([
    ...compareTotals(before, now),
    ...[...skills].flatMap(([key, either]) =>
      compareSkill(either, before.skills.get(key), now.skills.get(key), isNew(key)),
    ),
  ])
}

function compareTotals(before: Measured, now: Measured): Unjudged[] {
  const total = { skill: null, sessions: null }
  const amounts = [...now.amounts].flatMap(([measure, amount]) => {
    const amountBefore = before.amounts.get(measure)
    return amountBefore ? [{ ...total, measure, ...compareAmount(amountBefore, amount) }] : []
  })
  const failures = compareFailures(before.failures, now.failures)
  return [...amounts, { ...total, measure: 'failed_share', ...failures }]
}

/** A skill that is absent from one window was not used in it. */
function compareSkill(
  { skill, uses: { exposure } }: MeasuredSkill,
  before: MeasuredSkill | undefined,
  now: MeasuredSkill | undefined,
  isNew: boolean,
): Unjudged[] {
  const none: Amount = { total: 0, bySession: [], exposure }
  const about = { skill, sessions: now?.sessions ?? null }
  const amounts = compareAmount(before?.uses ?? none, now?.uses ?? none)
  const uses = { ...about, measure: 'uses' as const, ...amounts }
  // That a skill is new is known, so it needs no test.
  if (isNew) return [{ ...uses, p: null, isNew }]
  if (!before || !now) return [uses]
  return [uses, { ...about, measure: 'failed_share', ...compareFailures(before.failures, now.failures) }]
}

function compareAmount(before: Amount, now: Amount) {
  const values = { now: now.total, before: before.total, counts: null, interval: null }
  return { ...values, ...compareAmounts(before, now) }
}

function compareFailures(before: SessionShares, now: SessionShares) {
  const { interval, p } = compareShares(before, now)
  const counts = { now: countsOf(now), before: countsOf(before) }
  return { now: shareOf(now), before: shareOf(before), counts, interval, ratio: null, p }
}

function countsOf({ hits, of }: SessionShares): Counts {
  return { failed: hits, calls: of }
}

function shareOf({ hits, of }: SessionShares): number {
  return of === 0 ? 0 : hits / of
}
