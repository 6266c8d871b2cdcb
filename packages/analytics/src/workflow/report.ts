import { TimeZone } from '../series/time-zone.ts'
import { type PhaseTransition, phaseTransitions } from './phase-transitions.ts'
import { type Phase, type PhasedCall, type PhaseSkill, phaseOf } from './phases.ts'

/** What the phases of a project take, as `POST /v1/findings` takes it. */
export interface WorkflowReport {
  readonly type: 'workflow'
  readonly since: string
  readonly until: string
  /** Of the hours of the week. */
  readonly time_zone: string
  /** Sessions with a call in the window. */
  readonly sessions: number
  /** Calls of the window, and those among them without a phase. */
  readonly calls: number
  readonly calls_without_phase: number
  /** Phases that fewer than 5 sessions have: they are not named. */
  readonly rare_phases: number
  /** Phases beyond the 50 with the most calls. */
  readonly left_out_phases: number
  readonly phases: readonly Phase[]
  /** At most 200 of each phase, those with the most calls. */
  readonly skills: readonly PhaseSkill[]
  /** That at least 5 sessions have. */
  readonly transitions: readonly PhaseTransition[]
}

/** From the first instant on, up to the second one, which is excluded. */
export interface WorkflowWindow {
  readonly sinceMs: number
  readonly untilMs: number
  readonly timeZone: string
}

/** A call, perhaps without a phase. */
export type WorkflowCall = Omit<PhasedCall, 'workflow_phase'> & { readonly workflow_phase: string | null }

/** So that the name of a phase is not that of one session. */
const SESSIONS_MIN = 5
const PHASES_MAX = 50
const SKILLS_MAX = 200

/**
 * What happened in each phase of a project, and which phase followed which. Calls without a phase are
 * counted only.
 * @param sessions the calls of each session, in any order
 */
export function workflowReport(
  sessions: Iterable<readonly WorkflowCall[]>,
  { sinceMs, untilMs, timeZone }: WorkflowWindow,
): WorkflowReport {
  const counts = { sessions: 0, calls: 0, calls_without_phase: 0 }
  const phased: PhasedCall[][] = []
  for (const all of sessions) {
    const calls = all.filter(({ invoked_at_ms }) => invoked_at_ms >= sinceMs && invoked_at_ms < untilMs)
    if (calls.length === 0) continue
    const withPhase = calls.filter(hasPhase).toSorted(byStart)
    counts.sessions += 1
    counts.calls += calls.length
    counts.calls_without_phase += calls.length - withPhase.length
    if (withPhase.length > 0) phased.push(withPhase)
  }
  const { named, rare, leftOut } = namedPhases(phased)
  const zone = new TimeZone(timeZone)
  const found = [...named].map(([name, ofPhase]) => phaseOf(name, ofPhase, zone))
  return {
    type: 'workflow',
    since: new Date(sinceMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    time_zone: timeZone,
    ...counts,
    ...{ rare_phases: rare, left_out_phases: leftOut },
    phases: found.map(({ phase }) => phase),
    skills: found.flatMap(({ skills }) => skills.slice(0, SKILLS_MAX)),
    transitions: phaseTransitions(phased).filter(
      (each) => each.sessions >= SESSIONS_MIN && named.has(each.from_phase) && named.has(each.to_phase),
    ),
  }
}

function hasPhase(call: WorkflowCall): call is PhasedCall {
  return call.workflow_phase !== null
}

/** Calls that began together are ordered by what they are, so that the order of arrival does not matter. */
function byStart(a: PhasedCall, b: PhasedCall): number {
  return a.invoked_at_ms - b.invoked_at_ms || (nameOf(a) < nameOf(b) ? -1 : 1)
}

function nameOf({ kind, skill_name, workflow_phase }: PhasedCall): string {
  return `${workflow_phase} ${kind} ${skill_name}`
}

/** The calls of each phase by session: of phases of enough sessions, those with the most calls. */
function namedPhases(sessions: readonly PhasedCall[][]) {
  const byPhase = new Map<string, PhasedCall[][]>()
  for (const calls of sessions) {
    for (const [name, ofPhase] of Map.groupBy(calls, ({ workflow_phase }) => workflow_phase)) {
      const known = byPhase.get(name)
      if (known === undefined) byPhase.set(name, [ofPhase])
      else known.push(ofPhase)
    }
  }
  const callsOf = (ofPhase: PhasedCall[][]) => ofPhase.reduce((sum, { length }) => sum + length, 0)
  const enough = [...byPhase]
    .filter(([, ofPhase]) => ofPhase.length >= SESSIONS_MIN)
    .sort(([a, x], [b, y]) => callsOf(y) - callsOf(x) || (a < b ? -1 : 1))
  return {
    named: new Map(enough.slice(0, PHASES_MAX)),
    rare: byPhase.size - enough.length,
    leftOut: Math.max(0, enough.length - PHASES_MAX),
  }
}
