import type { ParsedObservation } from '@skillwatch/schema'
import { hashOfProject, storedTexts } from '../projects.ts'
import { createRollUpWriter } from '../roll-ups/apply.ts'
import type { Writer } from '../sqlite/open.ts'
import { createActivationStore } from './activation-store.ts'
import { joinActivations } from './join-activations.ts'
import { isOfOtherCall, joinSpans, spanState, toStoredSpan, withoutPlace, withSpan } from './join-spans.ts'
import { type WitnessRecord, withObservation } from './merge.ts'
import { privateFields, privateId } from './private-fields.ts'
import {
  isCall,
  mayBeActivated,
  newWork,
  type ProjectWork,
  setSpanState,
  statesTheSame,
  toJoin,
  type Working,
} from './project-work.ts'
import { createRowStore } from './row-store.ts'
import { createRowWriter } from './row-writer.ts'
import { createSpanStore } from './span-store.ts'
import { type StoredSpan, spanKey } from './span-tree.ts'

/**
 * What became of one observation: stored, already known in every field, or stored but of a call that is not recorded yet, as
 * nobody has told its session.
 */
export type RecordOutcome = 'accepted' | 'duplicate' | 'waiting'

/** One request's share of a group. */
export interface RecordJob {
  projectId: number
  observations: readonly ParsedObservation[]
}

/**
 * Makes the function that writes a group of jobs in one transaction: witnesses, rows, roll-ups, live counters and the
 * change log with its counter last (R5, R6). Either all of the group is stored or nothing.
 * Observations of one invocation inside a group are merged first and written once.
 */
export function createRecord(
  writer: Writer,
): (jobs: readonly RecordJob[], nowMs: number) => RecordOutcome[][] {
  const rows = createRowStore(writer)
  const activations = createActivationStore(writer)
  const spans = createSpanStore(writer)
  const rollUps = createRollUpWriter(writer)
  const rowWriter = createRowWriter(writer, rows)

  function observe(work: ProjectWork, observation: ParsedObservation, nowMs: number): RecordOutcome {
    const hash = hashOfProject(writer, work.projectId)
    const fields = privateFields(observation, hash, work.storeText)
    const id = privateId(observation.invocation_id, hash)
    const next: WitnessRecord = { witness: observation.witness, received_at_ms: nowMs, fields }
    if (observation.uncorrelated) return observeActivation(work, id, next)
    if (observation.witness === 'otel_span')
      return observeSpan(work, toStoredSpan(observation, id, next), nowMs)
    return observeCall(work, id, next)
  }

  function workingOn({ projectId, invocations }: ProjectWork, invocationId: string): Working {
    const known = invocations.get(invocationId)
    if (known !== undefined) return known
    const loaded = rows.load(projectId, invocationId)
    const invocation = { invocationId, ...loaded, changedWitnesses: new Set<string>() }
    // Spans of the call may have waited for somebody to tell its session.
    if (loaded.rowId === undefined)
      setStateOf(projectId, invocation, spans.ofInvocation(projectId, invocationId))
    invocations.set(invocationId, invocation)
    return invocation
  }

  function observeSpan(work: ProjectWork, observed: StoredSpan, nowMs: number): RecordOutcome {
    const find = ({ trace_id, span_id }: StoredSpan) => spans.find(work.projectId, trace_id, span_id)
    const next = isOfOtherCall(find(observed), observed) ? withoutPlace(observed) : observed
    const span = withSpan(find(next), next)
    if (span === undefined) return 'duplicate'
    spans.save(work.projectId, span, nowMs)
    work.spans.set(spanKey(span), span)
    return 'accepted'
  }

  function observeCall(work: ProjectWork, invocationId: string, next: WitnessRecord): RecordOutcome {
    const invocation = workingOn(work, invocationId)
    const known = invocation.states.find((state) => state.witness === next.witness)
    invocation.states = withObservation(invocation.states, next)
    const state = invocation.states.find((each) => each.witness === next.witness)!
    if (known !== undefined && statesTheSame(known, state)) return 'duplicate'
    invocation.changedWitnesses.add(next.witness)
    return 'accepted'
  }

  function observeActivation(work: ProjectWork, activationId: string, next: WitnessRecord): RecordOutcome {
    const known = activations.find(work.projectId, activationId)
    const [state] = withObservation(known ? [known.state] : [], {
      ...next,
      witness: known?.state.witness ?? next.witness,
    })
    if (known !== undefined && statesTheSame(known.state, state!)) return 'duplicate'
    if (known !== undefined) toJoin(work, known.session_id)
    const session_id = state!.fields.session_id!
    activations.save(work.projectId, {
      observation_id: activationId,
      session_id,
      state: state!,
      row_id: known?.row_id ?? null,
    })
    toJoin(work, session_id).add(activationId)
    return 'accepted'
  }

  function setStateOf(projectId: number, invocation: Working, own: readonly StoredSpan[]): void {
    setSpanState(invocation, spanState(projectId, invocation.invocationId, own, spans))
  }

  /** Gives the spans that came to their calls, whose witness state they make. */
  function joinSpansOf(work: ProjectWork): void {
    const { projectId, invocations } = work
    const { invocationIds, movedTo } = joinSpans(projectId, work.spans.values(), spans)
    const traceIds = new Set<string>()
    for (const id of invocationIds) {
      const [invocation, own] = [workingOn(work, id), spans.ofInvocation(projectId, id)]
      setStateOf(projectId, invocation, own)
      if (isCall(invocation)) for (const { trace_id } of own) traceIds.add(trace_id)
    }
    for (const traceId of traceIds) spans.keepTrace(projectId, traceId)
    for (const id of invocationIds) {
      const invocation = invocations.get(id)!
      if (isCall(invocation)) continue
      invocations.delete(id)
      const whole = movedTo.get(id)
      removeCall(work, invocation, whole === undefined ? undefined : invocations.get(whole))
    }
  }

  function removeCall(work: ProjectWork, { rowId, before }: Working, whole: Working | undefined): void {
    if (rowId === undefined || before === undefined) return
    activations.detach(rowId)
    rowWriter.remove(work, before, whole)
    if (mayBeActivated(before)) toJoin(work, before.session_id)
  }

  /** A session needs joining anew when one of the calls came, changed or left that sightings may be part of. */
  function writeCall(work: ProjectWork, invocation: Working, nowMs: number): void {
    const { rowId, before } = invocation
    const attached = rowId !== undefined && mayBeActivated(before) ? activations.ofRow(rowId) : []
    const { resolved } = rowWriter.write(work, invocation, attached, nowMs)
    for (const each of [before, resolved]) if (each && mayBeActivated(each)) toJoin(work, each.session_id)
  }

  function join(work: ProjectWork, sessionId: string, changed: ReadonlySet<string>, nowMs: number): void {
    const touched = new Map<number, Working>()
    const workingOnRow = (rowId: number): Working => {
      const known = touched.get(rowId)
      if (known !== undefined) return known
      const before = rows.read(rowId)!
      const { invocation_id: invocationId } = before
      const invocation = {
        invocationId,
        rowId,
        before,
        states: rows.states(rowId),
        changedWitnesses: new Set<string>(),
      }
      touched.set(rowId, invocation)
      return invocation
    }
    const stores = { rows, activations }
    joinActivations(work.projectId, sessionId, changed, stores, {
      refresh: (rowId) => rowWriter.write(work, workingOnRow(rowId), activations.ofRow(rowId), nowMs),
      insert({ observation_id, state }) {
        const invocation = { ...UNKNOWN, invocationId: observation_id, changedWitnesses: new Set<string>() }
        return rowWriter.write(work, invocation, [state], nowMs).row_id
      },
      remove: (rowId, into) => rowWriter.remove(work, rows.read(rowId)!, workingOnRow(into)),
    })
  }

  function writeProject(work: ProjectWork, nowMs: number): void {
    if (work.spans.size > 0) joinSpansOf(work)
    for (const invocation of work.invocations.values()) {
      if (invocation.changedWitnesses.size > 0) writeCall(work, invocation, nowMs)
    }
    for (const [sessionId, changed] of work.sessions) join(work, sessionId, changed, nowMs)
    rollUps.apply(work.projectId, work.deltas, nowMs)
    rows.appendChanges(work.projectId, work.changes)
  }

  /** Whether a span tells of a call, and no witness has told its session. */
  function isWaiting(projectId: number, { span: place, fields }: ParsedObservation): boolean {
    if (place === undefined || place.role === 'context' || fields.session_id !== undefined) return false
    const id = spans.find(projectId, place.trace_id, place.span_id)?.invocation_id ?? null
    return id === null || !rows.has(projectId, id)
  }

  const transaction = writer.sqlite.transaction((jobs: readonly RecordJob[], nowMs: number) => {
    rows.begin()
    spans.begin(nowMs)
    const projects = new Map<number, ProjectWork>()
    const outcomes = jobs.map(({ projectId, observations }) => {
      const work = projects.get(projectId) ?? newWork(projectId, storedTexts(writer, projectId))
      projects.set(projectId, work)
      return observations.map((observation) => observe(work, observation, nowMs))
    })
    for (const work of projects.values()) writeProject(work, nowMs)
    return outcomes.map((each, job) => {
      const { projectId, observations } = jobs[job]!
      return each.map((outcome, index) => (isWaiting(projectId, observations[index]!) ? 'waiting' : outcome))
    })
  })
  return (jobs, nowMs) => transaction.immediate(jobs, nowMs)
}

const UNKNOWN = { rowId: undefined, before: undefined, states: [] }
