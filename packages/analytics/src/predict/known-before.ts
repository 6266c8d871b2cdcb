import type { TimeZone } from '../series/time-zone.ts'
import type { SkillKey } from './skill-key.ts'

/** Numbers that are known before a call begins. Calls that still ran at that time have no outcome yet. */
export interface KnownNumbers {
  /** Local hour of the day, 0 to 23. */
  readonly hour: number
  /** 0 is Monday. */
  readonly weekday: number
  /** Ended calls of the skill that began in the 24 hours before, from a full hour on. */
  readonly calls_24h: number
  readonly completed_24h: number
  /** The same of 7 days. */
  readonly calls_7d: number
  readonly completed_7d: number
  /** Calls of the session that began before. */
  readonly position: number
  /** Since the first call of the session. */
  readonly session_ms: number
  /** Ended calls among the last ones of the session. */
  readonly session_calls: number
  readonly session_completed: number
  /** Those of the same skill among them. */
  readonly own_calls: number
  readonly own_completed: number
  /** 1 when the call before ended and did not complete. */
  readonly previous_failed: 0 | 1
}

/** All that a prediction uses. */
export interface KnownBefore extends KnownNumbers {
  /** What the session called before; null when it is the first call. */
  readonly previous: SkillKey | null
  readonly workflow_phase: string | null
}

const HOURS_PER_DAY = 24

/** Hour and weekday of an instant in a time zone. */
export function localClock(zone: TimeZone, atMs: number): Pick<KnownNumbers, 'hour' | 'weekday'> {
  const hourOfWeek = zone.hourOfWeek(atMs)
  return { hour: hourOfWeek % HOURS_PER_DAY, weekday: Math.floor(hourOfWeek / HOURS_PER_DAY) }
}
