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

/** What one witness can know of a call. */
interface Sighting {
  readonly outcome: Outcome
  /** By whose choice, where the witness has a reason to tell. */
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

/** An interruption is an error to a span; what has not ended or was not allowed to run has none. */
const SPAN_OUTCOMES: Readonly<Partial<Record<Ending, Outcome>>> = {
  completed: 'completed',
  failed: 'failed',
  interrupted: 'failed',
}

const SEES: Readonly<Record<ScriptedWitness, (call: ScriptedCall) => Sighting | undefined>> = {
  sdk(call) {
    if (!isWrapped(call)) return undefined
    const outcome = call.ending === 'cut_off' ? 'running' : OUTCOMES[call.ending]
    return call.insideSkill === undefined ? { outcome } : { outcome, trigger: 'nested', knowsParent: true }
  },
  hook(call) {
    if (call.kind === 'command') return { outcome: 'completed', trigger: 'user' }
    const isTold = isWatched(call)
      ? call.ending !== 'refused_by_user' && call.ending !== 'cut_off'
      : call.ending === 'completed' || call.ending === 'denied_by_policy'
    if (!isTold && !isWatched(call)) return undefined
    return { outcome: isTold ? OUTCOMES[call.ending] : 'running', trigger: 'agent' }
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

/** Whose word counts first, by what they can know. */
const OUTCOME_ORDER: readonly ScriptedWitness[] = ['sdk', 'hook', 'transcript', 'otel_log', 'otel_span']
const TRIGGER_ORDER: readonly ScriptedWitness[] = ['otel_log', 'sdk', 'transcript', 'hook']

/** A call as a set of witnesses can know it. */
export interface ExpectedCall {
  readonly call: ScriptedCall
  readonly seenBy: readonly ScriptedWitness[]
  readonly row: Pick<
    Invocation,
    'kind' | 'skill_name' | 'outcome' | 'trigger' | 'parent_invocation_id' | 'witnesses'
  >
  /** Whether the start and the end are told by somebody with a clock, so that they do not hang on when a hook was received. */
  readonly hasClock: { readonly start: boolean; readonly end: boolean }
}

/** The calls that at least one of these witnesses sees. */
export function expectedCalls(session: ScriptedSession, subset: readonly ScriptedWitness[]): ExpectedCall[] {
  return SCRIPT.flatMap((call) => {
    const sightings = new Map(subset.flatMap((witness) => [[witness, SEES[witness](call)] as const]))
    const seenBy = subset.filter((witness) => sightings.get(witness) !== undefined)
    return seenBy.length === 0 ? [] : [expectedCall(session, call, seenBy, sightings)]
  })
}

type Sightings = ReadonlyMap<ScriptedWitness, Sighting | undefined>

function expectedCall(
  session: ScriptedSession,
  call: ScriptedCall,
  seenBy: readonly ScriptedWitness[],
  sightings: Sightings,
): ExpectedCall {
  const inOrder = (order: readonly ScriptedWitness[]) =>
    order.flatMap((witness) => sightings.get(witness) ?? [])
  const outcomes = inOrder(OUTCOME_ORDER).map(({ outcome }) => outcome)
  const isFinal = (outcome: Outcome) => outcome !== 'running' && outcome !== 'abandoned'
  const outcome = outcomes.find(isFinal) ?? outcomes.find((each) => each === 'abandoned') ?? 'running'
  const knowsParent = inOrder(seenBy).some((sighting) => sighting.knowsParent)
  const inside = call.insideAgent ?? call.insideSkill
  const isHooked = seenBy.includes('hook')
  const started = seenBy.some((witness) => witness !== 'hook' && witness !== 'otel_log')
  const ended = seenBy.some((witness) => witness !== 'hook' && sightings.get(witness)!.outcome !== 'running')
  return {
    call,
    seenBy,
    row: {
      kind: call.kind,
      skill_name: inOrder(seenBy).every((sighting) => sighting.hidesName) ? 'custom_skill' : call.name,
      outcome,
      trigger: inOrder(TRIGGER_ORDER).find((sighting) => sighting.trigger)?.trigger ?? 'unknown',
      ...(knowsParent && { parent_invocation_id: callId(session, SCRIPT[inside!]!) }),
      witnesses: SCRIPTED_WITNESSES.filter((witness) => seenBy.includes(witness)),
    },
    hasClock: { start: started || !isHooked, end: ended || !isHooked },
  }
}
