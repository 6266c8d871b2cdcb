import type { Amount, SessionShares } from '@skillwatch/analytics'
import type { UseSummary } from '@skillwatch/schema'
import { countEach, type SkillInSession, skillsBySession } from './by-session.ts'
import type { RecordedWindow } from './read.ts'
import type { ComparedSkill, Measure } from './report.ts'
import { skillKey } from './skill-key.ts'
import { spentOf } from './spent.ts'
import { totalsOf } from './totals.ts'

type AmountMeasure = Exclude<Measure, 'failed_share'>

/** What is compared of one window: each number with what the sessions contributed to it. */
export interface Measured {
  /** Without the cost when none is known. */
  readonly amounts: ReadonlyMap<AmountMeasure, Amount>
  readonly failures: SessionShares
  /** By `skillKey`. */
  readonly skills: ReadonlyMap<string, MeasuredSkill>
}

export interface MeasuredSkill {
  readonly skill: ComparedSkill
  readonly uses: Amount
  readonly failures: SessionShares
  /** Sessions with a use of the skill; null with too many uses to read each. */
  readonly sessions: number | null
}

const HOUR_MS = 3_600_000

export function measure(recorded: RecordedWindow): Measured {
  const { sessions, skills, uses } = recorded
  const { failed_calls, calls } = totalsOf(recorded)
  const bySession = skillsBySession(uses)
  const measured = skills
    .filter((sums) => sums.uses > 0)
    .map((sums) => measureSkill(sums, bySession.get(skillKey(sums)) ?? [], recorded))
  return {
    amounts: amountsOf(recorded),
    failures: {
      hits: failed_calls,
      of: calls,
      bySession: sessions.map(({ failed_count, invocation_count }) => ({
        hits: failed_count,
        of: invocation_count,
      })),
    },
    skills: new Map(measured.map((each) => [skillKey(each.skill), each])),
  }
}

function amountsOf(recorded: RecordedWindow): Map<AmountMeasure, Amount> {
  const { sessions, turnSessions, uses, usage } = recorded
  const totals = totalsOf(recorded)
  const bySession: readonly (readonly [AmountMeasure, readonly number[]])[] = [
    ['sessions', sessions.map(() => 1)],
    ['turns', countEach(turnSessions)],
    ['uses', countEach(uses.map(({ session_id }) => session_id))],
    ['calls', sessions.map(({ invocation_count }) => invocation_count)],
    ['tokens', usage.items.map((item) => spentOf(item).tokens)],
    ['cost_usd', usage.items.map(({ cost_usd }) => cost_usd ?? 0)],
  ]
  const amounts = bySession.map(
    ([name, each]) =>
      [name, { total: totals[name] ?? 0, bySession: each, exposure: hoursOf(recorded) }] as const,
  )
  return new Map(amounts.filter(([name]) => totals[name] !== null))
}

function measureSkill(
  sums: UseSummary,
  sessions: readonly SkillInSession[],
  recorded: RecordedWindow,
): MeasuredSkill {
  const exposure = hoursOf(recorded)
  return {
    sessions: recorded.isCut ? null : sessions.length,
    skill: { kind: sums.kind!, skill_name: sums.skill_name! },
    uses: { total: sums.uses, bySession: sessions.map(({ uses }) => uses), exposure },
    failures: {
      hits: sums.failed_calls_with_nested,
      of: sums.calls_with_nested,
      bySession: sessions.map(({ failedCalls, calls }) => ({ hits: failedCalls, of: calls })),
    },
  }
}

function hoursOf({ window: { sinceMs, untilMs } }: RecordedWindow): number {
  return (untilMs - sinceMs) / HOUR_MS
}
