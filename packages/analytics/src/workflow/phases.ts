import { designEffectOfShares } from '../rates/design-effect.ts'
import { type Interval, wilsonInterval } from '../rates/intervals.ts'
import { sampleQuantile } from '../series/quantiles.ts'
import type { TimeZone } from '../series/time-zone.ts'
import type { Share } from '../share.ts'

/** A call with a phase of a workflow. */
export interface PhasedCall {
  readonly kind: string
  readonly skill_name: string
  readonly workflow_phase: string
  readonly invoked_at_ms: number
  readonly ended_at_ms: number | null
  readonly outcome: string
  /** Of calls that ran to their end; null where it is not known. */
  readonly duration_ms: number | null
}

/** Calls by outcome, and what their time was spent on. */
interface PhaseCounts {
  readonly calls: number
  readonly completed: number
  readonly failed: number
  readonly rejected: number
  readonly abandoned: number
  /** Null with fewer than 20 durations. */
  readonly median_ms: number | null
  /** Durations of all calls together. */
  readonly duration_ms: number
  /** Of completed calls: the time above the median of the skill in the phase. Null without such a median. */
  readonly slow_ms: number | null
  /** Durations of calls that failed. */
  readonly failed_ms: number
}

/** What one skill did in a phase. */
export interface PhaseSkill extends PhaseCounts {
  readonly kind: string
  readonly skill_name: string
  readonly workflow_phase: string
}

/** What happened in a phase. */
export interface Phase extends PhaseCounts {
  readonly workflow_phase: string
  readonly sessions: number
  /** Completed of ended calls; null without any. */
  readonly completion_rate: number | null
  /** 95%, Wilson, calls divided by their design effect; null with fewer than 8 sessions. */
  readonly completion_rate_interval: Interval | null
  /** Null with fewer than 100 durations. */
  readonly p90_ms: number | null
  /** By local hour of the week, Monday 0:00 first. */
  readonly calls_by_hour: readonly number[]
  readonly failed_by_hour: readonly number[]
}

const SESSIONS_MIN = 8
const HOURS_PER_WEEK = 168

/** A phase and its skills. @param sessions its calls, one list for each session */
export function phaseOf(
  workflow_phase: string,
  sessions: readonly (readonly PhasedCall[])[],
  zone: TimeZone,
): { phase: Phase; skills: PhaseSkill[] } {
  const calls = sessions.flat()
  const skills = [...Map.groupBy(calls, ({ kind, skill_name }) => `${kind}\0${skill_name}`).values()].map(
    (ofSkill): PhaseSkill => {
      const { kind, skill_name } = ofSkill[0]!
      return { kind, skill_name, workflow_phase, ...countsOf(ofSkill), slow_ms: slowOf(ofSkill) }
    },
  )
  const shares = sessions.map(completedShare).filter(({ of }) => of > 0)
  const all = sumOf(shares)
  const slow = skills.flatMap(({ slow_ms }) => slow_ms ?? [])
  const phase = {
    workflow_phase,
    sessions: sessions.length,
    ...countsOf(calls),
    slow_ms: slow.length === 0 ? null : slow.reduce((sum, ms) => sum + ms, 0),
    completion_rate: all.of === 0 ? null : all.hits / all.of,
    completion_rate_interval: intervalOf(shares, all),
    p90_ms: quantileOf(calls, 0.9),
    calls_by_hour: byHour(calls, zone),
    failed_by_hour: byHour(
      calls.filter(({ outcome }) => outcome === 'failed'),
      zone,
    ),
  }
  return {
    phase,
    skills: skills.sort((a, b) => b.calls - a.calls || (a.skill_name < b.skill_name ? -1 : 1)),
  }
}

function countsOf(calls: readonly PhasedCall[]): Omit<PhaseCounts, 'slow_ms'> {
  const count = (wanted: string) => calls.filter(({ outcome }) => outcome === wanted).length
  return {
    calls: calls.length,
    ...{ completed: count('completed'), failed: count('failed') },
    ...{ rejected: count('rejected'), abandoned: count('abandoned') },
    median_ms: quantileOf(calls, 0.5),
    duration_ms: durationSum(calls),
    failed_ms: durationSum(calls.filter(({ outcome }) => outcome === 'failed')),
  }
}

/** The time of completed calls above the median of their durations; null with fewer than 20 durations. */
function slowOf(calls: readonly PhasedCall[]): number | null {
  const completed = calls.filter(({ outcome }) => outcome === 'completed')
  const median = quantileOf(completed, 0.5)
  if (median === null) return null
  return durationsOf(completed).reduce((sum, ms) => sum + Math.max(0, ms - median), 0)
}

function quantileOf(calls: readonly PhasedCall[], quantile: number): number | null {
  const answer = sampleQuantile(durationsOf(calls), quantile)
  return answer.enough ? answer.value : null
}

function durationsOf(calls: readonly PhasedCall[]): number[] {
  return calls.flatMap(({ duration_ms }) => duration_ms ?? [])
}

function durationSum(calls: readonly PhasedCall[]): number {
  return durationsOf(calls).reduce((sum, ms) => sum + ms, 0)
}

function completedShare(calls: readonly PhasedCall[]): Share {
  const ended = calls.filter(({ outcome }) => outcome !== 'running')
  return { hits: ended.filter(({ outcome }) => outcome === 'completed').length, of: ended.length }
}

function sumOf(shares: readonly Share[]): Share {
  return shares.reduce((sum, { hits, of }) => ({ hits: sum.hits + hits, of: sum.of + of }), {
    hits: 0,
    of: 0,
  })
}

function intervalOf(shares: readonly Share[], all: Share): Interval | null {
  if (shares.length < SESSIONS_MIN) return null
  const effect = designEffectOfShares(shares, shares)
  return wilsonInterval({ hits: all.hits / effect, of: all.of / effect })
}

function byHour(calls: readonly PhasedCall[], zone: TimeZone): number[] {
  const hours = new Array<number>(HOURS_PER_WEEK).fill(0)
  for (const { invoked_at_ms } of calls) hours[zone.hourOfWeek(invoked_at_ms)]! += 1
  return hours
}
