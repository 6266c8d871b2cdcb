import type { Invocation, Outcome, Trigger, Witness } from '@skillwatch/schema'
import { isWatched } from './hook.ts'
import { type Ending, SCRIPT, type ScriptedCall } from './script.ts'
import { isWrapped } from './sdk.ts'
import { callId, type ScriptedSession } from './session.ts'

export type ScriptedWitness = Exclude<Witness, 'import'>
export const SCRIPTED_WITNESSES: readonly ScriptedWitness[] = [
  'sdk',
  'hook',
  'otel_log',
  'otel_span',
  'transcript',
]

/** What one witness reports of a call. */
interface Report {
  readonly outcome: Outcome
  /** Missing where the witness cannot know who chose the call. */
  readonly trigger?: Trigger
  readonly knowsParent?: boolean
  readonly hidesName?: boolean
}

const OUTCOMES: Readonly<Record<Ending, Outcome>> = {
  completed: 'completed',
  failed: 'failed',
  refused_by_user: 'rejected',
  denied_by_policy: 'rejected',
  interrupted: 'rejected',
  cut_off: 'abandoned',
}

/**
 * A span reports an interruption as an error. A call that has not ended or was not allowed to run has no
 * span.
 */
const SPAN_OUTCOMES: Readonly<Partial<Record<Ending, Outcome>>> = {
  completed: 'completed',
  failed: 'failed',
  interrupted: 'failed',
}

const REPORTS: Readonly<Record<ScriptedWitness, (call: ScriptedCall) => Report | undefined>> = {
  sdk(call) {
    if (!isWrapped(call)) return undefined
    const outcome = call.ending === 'cut_off' ? 'running' : OUTCOMES[call.ending]
    return call.insideSkill === undefined ? { outcome } : { outcome, trigger: 'nested', knowsParent: true }
  },
  hook(call) {
    if (call.kind === 'command') return { outcome: 'completed', trigger: 'user' }
    const hasResult = isWatched(call)
      ? call.ending !== 'refused_by_user' && call.ending !== 'cut_off'
      : call.ending === 'completed' || call.ending === 'denied_by_policy'
    if (!hasResult && !isWatched(call)) return undefined
    return { outcome: hasResult ? OUTCOMES[call.ending] : 'running', trigger: 'agent' }
  },
  otel_log(call) {
    const hidesName = call.isRedacted === true
    if (call.kind === 'command') return { outcome: 'completed', trigger: 'user', hidesName }
    if (call.ending === 'interrupted') return undefined
    if (call.kind !== 'skill')
      return call.ending === 'cut_off' ? undefined : { outcome: OUTCOMES[call.ending] }
    return {
      outcome: call.ending === 'cut_off' ? 'running' : OUTCOMES[call.ending],
      trigger: call.insideSkill === undefined ? 'agent' : 'nested',
      hidesName,
    }
  },
  otel_span(call) {
    if (call.kind === 'command') return undefined
    const outcome = SPAN_OUTCOMES[call.ending]
    return outcome && { outcome, knowsParent: call.insideAgent !== undefined }
  },
  transcript(call) {
    if (call.kind === 'command') return { outcome: 'completed', trigger: 'user' }
    const trigger = call.insideSkill === undefined ? 'agent' : 'nested'
    return { outcome: OUTCOMES[call.ending], trigger, knowsParent: call.insideAgent !== undefined }
  },
}

/** The witnesses by precedence: the first that reports a value decides. */
const OUTCOME_ORDER: readonly ScriptedWitness[] = ['sdk', 'hook', 'transcript', 'otel_log', 'otel_span']
const TRIGGER_ORDER: readonly ScriptedWitness[] = ['otel_log', 'sdk', 'transcript', 'hook']

/** The row that a set of witnesses gives for a call. */
export interface ExpectedCall {
  readonly call: ScriptedCall
  readonly seenBy: readonly ScriptedWitness[]
  readonly row: Pick<
    Invocation,
    'kind' | 'skill_name' | 'outcome' | 'trigger' | 'parent_invocation_id' | 'witnesses'
  >
  /**
   * Whether begin and end come from a witness with a clock of its own. Hooks have none: their instants are
   * those of receipt, which differ between two runs. An end from a clock that lies before such a begin is
   * moved to it.
   */
  readonly hasClock: { readonly start: boolean; readonly end: boolean }
  /** No witness reports a result, and the hook witness reports that the session ended. */
  readonly isCutOffBySessionEnd: boolean
}

/** The calls that at least one of these witnesses sees. */
export function expectedCalls(session: ScriptedSession, subset: readonly ScriptedWitness[]): ExpectedCall[] {
  return SCRIPT.flatMap((call) => {
    const reports = new Map(subset.flatMap((witness) => [[witness, REPORTS[witness](call)] as const]))
    const seenBy = subset.filter((witness) => reports.get(witness) !== undefined)
    return seenBy.length === 0 ? [] : [expectedCall(session, call, seenBy, reports)]
  })
}

type Reports = ReadonlyMap<ScriptedWitness, Report | undefined>

function expectedCall(
  session: ScriptedSession,
  call: ScriptedCall,
  seenBy: readonly ScriptedWitness[],
  reports: Reports,
): ExpectedCall {
  const inOrder = (order: readonly ScriptedWitness[]) =>
    order.flatMap((witness) => reports.get(witness) ?? [])
  const reported = reportedOutcome(inOrder(OUTCOME_ORDER))
  const isCutOffBySessionEnd = reported === 'running' && reports.has('hook')
  const knowsParent = inOrder(seenBy).some((report) => report.knowsParent)
  const inside = call.insideAgent ?? call.insideSkill
  return {
    call,
    seenBy,
    row: {
      kind: call.kind,
      skill_name: inOrder(seenBy).every((report) => report.hidesName) ? 'custom_skill' : call.name,
      outcome: isCutOffBySessionEnd ? 'abandoned' : reported,
      trigger: inOrder(TRIGGER_ORDER).find((report) => report.trigger)?.trigger ?? 'unknown',
      ...(knowsParent && { parent_invocation_id: callId(session, SCRIPT[inside!]!) }),
      witnesses: SCRIPTED_WITNESSES.filter((witness) => seenBy.includes(witness)),
    },
    hasClock: clocksOf(seenBy, reports),
    isCutOffBySessionEnd,
  }
}

function reportedOutcome(reports: readonly Report[]): Outcome {
  const outcomes = reports.map(({ outcome }) => outcome)
  const isResult = (outcome: Outcome) => outcome !== 'running' && outcome !== 'abandoned'
  return outcomes.find(isResult) ?? outcomes.find((each) => each === 'abandoned') ?? 'running'
}

function clocksOf(seenBy: readonly ScriptedWitness[], reports: Reports): ExpectedCall['hasClock'] {
  if (!seenBy.includes('hook')) return { start: true, end: true }
  const withClock = seenBy.filter((witness) => witness !== 'hook')
  const start = withClock.some((witness) => witness !== 'otel_log')
  const hasEnd = withClock.some((witness) => reports.get(witness)!.outcome !== 'running')
  return { start, end: start && hasEnd }
}
