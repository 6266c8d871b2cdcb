import { type Interval, wilsonInterval } from '../rates/intervals.ts'
import {
  completedShare,
  countedPersons,
  PERSONS_MIN,
  type PersonCalls,
  USES_MIN,
  type WithheldReason,
  withheldReason,
} from './persons.ts'
import { amountStep, digits, rateStep, roundedAmount, roundedPersons, roundedRate } from './rounding.ts'

/** What is usual for a skill. Each number is rounded, or follows from rounded ones. */
export interface SkillAcrossPersons {
  /** Persons with at least 5 uses, rounded down to a multiple of 5. */
  readonly total_users: number
  /** Their calls, rounded down to 1, 2 or 5 times a power of ten. */
  readonly total_invocations: number
  /** The mean of the persons' completion rates, 0-1. */
  readonly global_completion_rate: number
  readonly completion_rate_interval: Interval
  /** The mean duration of the person in the middle, rounded like calls; null when it is not to be shown. */
  readonly global_avg_duration_seconds: number | null
  /** The phase that most persons use most; null when it is not to be shown. */
  readonly most_common_workflow_phase: string | null
}

/**
 * What is usual for a skill over its persons, or why that is withheld. Needs 5 persons with 5 uses each, of
 * whom none has more than half of the calls; other persons do not count. A person counts once, however many
 * calls they have: the rate is the mean of the persons' rates.
 *
 * When one person is added or removed, or has other calls, and both answers are shown, each number changes
 * by at most one step of its rounding, and the phase not to another one.
 */
export function acrossPersons(
  rows: readonly PersonCalls[],
): SkillAcrossPersons | { readonly withheld: WithheldReason } {
  const persons = countedPersons(rows)
  const withheld = withheldReason(persons)
  if (withheld !== undefined) return { withheld }
  const shares = persons.map(completedShare)
  const rate = shares.reduce((sum, { hits, of }) => sum + hits / of, 0) / shares.length
  const total_users = roundedPersons(persons.length)
  const global_completion_rate = roundedRate(rate, total_users)
  return {
    total_users,
    total_invocations: roundedAmount(shares.reduce((sum, { of }) => sum + of, 0)),
    global_completion_rate,
    completion_rate_interval: rateInterval(global_completion_rate, total_users),
    global_avg_duration_seconds: middleDuration(persons),
    most_common_workflow_phase: commonPhase(persons),
  }
}

/**
 * The 95% interval of a mean of n persons' rates: Wilson's interval of a share of n trials, widened by the
 * rounding on either side. A value between 0 and 1 with mean p has at most the variance p (1 - p) of a
 * trial, so the interval is wide enough whatever the rates are. Assumes that persons are independent.
 */
function rateInterval(rate: number, persons: number): Interval {
  const half = rateStep(persons) / 2
  const share = (value: number) => ({ hits: Math.min(1, Math.max(0, value)) * persons, of: persons })
  const [from] = wilsonInterval(share(rate - half))
  const [, to] = wilsonInterval(share(rate + half))
  return [Math.floor(from * 1_000) / 1_000, Math.ceil(to * 1_000) / 1_000]
}

/**
 * The middle one of the persons' mean durations; of an even number the lower one in the middle. Needs 5
 * persons with 5 durations each. One person changes it at most to that of the next person in the order: it
 * is shown when the next ones on either side lie at most one step away.
 */
function middleDuration(persons: readonly PersonCalls[]): number | null {
  const means = persons
    .filter(({ duration_count }) => duration_count >= USES_MIN)
    .map(({ duration_ms_sum, duration_count }) => duration_ms_sum / duration_count)
    .sort((a, b) => a - b)
  if (means.length < PERSONS_MIN) return null
  const middle = Math.floor((means.length - 1) / 2)
  const [below, step, above] = [-1, 0, 1].map((next) => amountStep(means[middle + next]!))
  if (step! - below! > 1 || above! - step! > 1) return null
  return digits(roundedAmount(means[middle]!) / 1_000, 3)
}

/**
 * Each person names the phase of most of their calls, the first by name of equal ones. The answer is the
 * phase that at least 5 persons name, and 2 more than any other: one person cannot exchange it for another.
 */
function commonPhase(persons: readonly PersonCalls[]): string | null {
  const named = new Map<string, number>()
  for (const { phase_counts } of persons) {
    const phase = favourite(phase_counts)
    if (phase !== undefined) named.set(phase, (named.get(phase) ?? 0) + 1)
  }
  const [first, second] = [...named].sort(([, a], [, b]) => b - a)
  if (first === undefined || first[1] < PERSONS_MIN) return null
  return first[1] - (second?.[1] ?? 0) >= 2 ? first[0] : null
}

function favourite(counts: Readonly<Record<string, number>>): string | undefined {
  return Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0]
}
