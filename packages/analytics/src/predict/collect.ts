import { TimeZone } from '../series/time-zone.ts'
import { type KnownBefore, localClock } from './known-before.ts'
import { type SessionCall, sessionPast } from './session-past.ts'
import type { SkillKey } from './skill-key.ts'
import type { KnownCall } from './slices.ts'
import { type EndedCall, TrailingCalls } from './trailing-calls.ts'

/** The calls of each skill, with what was known before each. */
export interface SkillCalls extends SkillKey {
  readonly calls: readonly KnownCall[]
}

export interface CollectOptions {
  /** Calls that began from here on are predicted. Calls of 7 days before are to be given too. */
  readonly sinceMs: number
  /** Outcomes after this are not known. */
  readonly untilMs: number
  readonly timeZone: string
  /** The latest calls of a skill that are used, so that memory has a bound. */
  readonly callsMax: number
}

type PastOfCall = Omit<
  KnownBefore,
  'hour' | 'weekday' | 'calls_24h' | 'completed_24h' | 'calls_7d' | 'completed_7d'
>

interface Collected extends EndedCall {
  readonly session: number
  readonly past: PastOfCall
}

const DAY_MS = 86_400_000

/**
 * What was known before each ended call of a window.
 * @param sessions the calls of each session, in any order
 */
export function collectCalls(
  sessions: Iterable<readonly SessionCall[]>,
  options: CollectOptions,
): SkillCalls[] {
  const skills = new Map<string, SkillKey & { ended: EndedCall[]; calls: Collected[] }>()
  let session = 0
  for (const unordered of sessions) {
    session += 1
    const ordered = unordered.toSorted(byStart)
    const pasts = pastsOf(ordered, options)
    for (const [index, { kind, skill_name, outcome, ...call }] of ordered.entries()) {
      const ended = endOf(call, outcome, options.untilMs)
      if (ended === null) continue
      const key = `${kind}\0${skill_name}`
      const skill = skills.get(key) ?? { kind, skill_name, ended: [], calls: [] }
      skills.set(key, skill)
      skill.ended.push(ended)
      const past = pasts[index]
      if (past !== undefined) skill.calls.push({ ...ended, session, past })
      if (skill.calls.length > 2 * options.callsMax) skill.calls = latest(skill.calls, options.callsMax)
    }
  }
  return [...skills.values()]
    .filter(({ calls }) => calls.length > 0)
    .map(({ ended, calls, ...key }) => ({ ...key, calls: withTrailing(ended, calls, options) }))
}

/** Calls that began together are ordered by what they are, so that the order of arrival does not matter. */
function byStart(a: SessionCall, b: SessionCall): number {
  return (
    a.invoked_at_ms - b.invoked_at_ms || (`${a.kind} ${a.skill_name}` < `${b.kind} ${b.skill_name}` ? -1 : 1)
  )
}

function endOf(
  { invoked_at_ms, ended_at_ms }: Pick<SessionCall, 'invoked_at_ms' | 'ended_at_ms'>,
  outcome: string,
  untilMs: number,
): EndedCall | null {
  if (outcome === 'running' || ended_at_ms === null || ended_at_ms > untilMs) return null
  return { invokedAtMs: invoked_at_ms, endedAtMs: ended_at_ms, completed: outcome === 'completed' }
}

/** What the session showed before each of its calls that are predicted. */
function pastsOf(ordered: readonly SessionCall[], { sinceMs }: CollectOptions): (PastOfCall | undefined)[] {
  let before = 0
  return ordered.map((call, index) => {
    const atMs = call.invoked_at_ms
    // Calls that began at the same time were not known.
    if (index > 0 && ordered[index - 1]!.invoked_at_ms < atMs) before = index
    if (atMs < sinceMs) return undefined
    return {
      ...sessionPast(ordered, before, atMs, call),
      position: before,
      session_ms: atMs - ordered[0]!.invoked_at_ms,
      workflow_phase: call.workflow_phase,
    }
  })
}

function latest(calls: readonly Collected[], count: number): Collected[] {
  return calls.toSorted((a, b) => a.invokedAtMs - b.invokedAtMs).slice(-count)
}

function withTrailing(
  ended: readonly EndedCall[],
  calls: readonly Collected[],
  { timeZone, callsMax }: CollectOptions,
): KnownCall[] {
  const zone = new TimeZone(timeZone)
  const [day, week] = [new TrailingCalls(ended, DAY_MS), new TrailingCalls(ended, 7 * DAY_MS)]
  return latest(calls, callsMax).map(({ session, invokedAtMs, endedAtMs, completed, past }) => {
    const [ofDay, ofWeek] = [day.at(invokedAtMs), week.at(invokedAtMs)]
    return {
      ...{ session, invokedAtMs, endedAtMs },
      outcome: completed ? 1 : 0,
      known: {
        ...past,
        ...localClock(zone, invokedAtMs),
        ...{ calls_24h: ofDay.calls, completed_24h: ofDay.completed },
        ...{ calls_7d: ofWeek.calls, completed_7d: ofWeek.completed },
      },
    }
  })
}
