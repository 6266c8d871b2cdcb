import type { InvocationRow, ParsedObservation } from '@skillwatch/schema'
import { hashOfProject, storedTexts } from '../projects.ts'
import { createRollUpWriter } from '../roll-ups/apply.ts'
import { addRowChange, addRowRemoval, emptyDeltas } from '../roll-ups/deltas.ts'
import type { Writer } from '../sqlite/open.ts'
import { createActivationStore } from './activation-store.ts'
import { contributionOf, joinActivations } from './join-activations.ts'
import { isOfOtherCall, joinSpans, spanState, toStoredSpan, withoutPlace, withSpan } from './join-spans.ts'
import { createLiveCounter } from './live-series.ts'
import { type WitnessState, withObservation } from './merge.ts'
import { privateFields, privateId, type TextField } from './private-fields.ts'
import { resolve } from './resolve.ts'
import { type ChangeOp, createRowStore } from './row-store.ts'
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

/** An invocation that the running transaction works on: as it was before, and what is known by now. */
interface Working {
  invocationId: string
  rowId: number | undefined
  before: InvocationRow | undefined
  states: readonly WitnessState[]
  changedWitnesses: ReadonlySet<string>
  /** The row of a call that turned out to be part of this one, whose live count it takes over. */
  inherited?: InvocationRow
}

/** What the running transaction knows of one project. */
interface ProjectWork {
  projectId: number
  storeText: ReadonlySet<TextField>
  invocations: Map<string, Working & { changedWitnesses: Set<string> }>
  /** Spans that came. */
  spans: Map<string, StoredSpan>
  /** Sessions whose activations must be given to calls anew, with those that state something new. */
  sessions: Map<string, Set<string>>
  /** Rows that the running transaction has counted for Prometheus. */
  countedNow: Set<number>
  /** Sightings that stood for themselves and are counted, by the rows of the calls that they turned out to be part of. */
  countedAs: Map<number, InvocationRow>
  deltas: ReturnType<typeof emptyDeltas>
  changes: { row_id: number; op: ChangeOp }[]
}

/**
 * Makes the function that writes a group of jobs in one transaction: witnesses, rows, roll-ups, live counters and the
 * change log with its counter last (R5, R6). Either all of the group is stored or nothing.
 * Observations of one invocation inside a group are merged first and written once.
 */
export function createRecord(writer: Writer): (jobs: readonly RecordJob[], nowMs: number) => RecordOutcome[][] {
  const rows = createRowStore(writer)
  const activations = createActivationStore(writer)
  const spans = createSpanStore(writer)
  const rollUps = createRollUpWriter(writer)
  const live = createLiveCounter(writer)

  function observe(work: ProjectWork, observation: ParsedObservation, nowMs: number): RecordOutcome {
    const hash = hashOfProject(writer, work.projectId)
    const fields = privateFields(observation, hash, work.storeText)
    const id = privateId(observation.invocation_id, hash)
    const next: WitnessState = { witness: observation.witness, received_at_ms: nowMs, fields }
    if (observation.unanchored) return observeActivation(work, id, next)
    if (observation.witness === 'otel_span') return observeSpan(work, toStoredSpan(observation, id, next), nowMs)
    return observeCall(work, id, next)
  }

  function workingOn({ projectId, invocations }: ProjectWork, invocationId: string) {
    const known = invocations.get(invocationId)
    if (known !== undefined) return known
    const loaded = rows.load(projectId, invocationId)
    const invocation = { invocationId, ...loaded, changedWitnesses: new Set<string>() }
    // Spans of the call may have waited for somebody to tell its session.
    if (loaded.rowId === undefined) setSpanState(invocation, spanState(projectId, invocationId, spans))
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

  function observeCall(work: ProjectWork, invocationId: string, next: WitnessState): RecordOutcome {
    const invocation = workingOn(work, invocationId)
    const known = invocation.states.find((state) => state.witness === next.witness)
    invocation.states = withObservation(invocation.states, next)
    const state = invocation.states.find((each) => each.witness === next.witness)!
    if (known !== undefined && sameFields(known, state)) return 'duplicate'
    invocation.changedWitnesses.add(next.witness)
    return 'accepted'
  }

  function observeActivation(work: ProjectWork, activationId: string, next: WitnessState): RecordOutcome {
    const known = activations.find(work.projectId, activationId)
    const [state] = withObservation(known ? [known.state] : [], {
      ...next,
      witness: known?.state.witness ?? next.witness,
    })
    if (known !== undefined && sameFields(known.state, state!)) return 'duplicate'
    if (known !== undefined) toJoin(work, known.session_id)
    const session_id = state!.fields.session_id!
    activations.save(work.projectId, {
      activation_id: activationId,
      session_id,
      state: state!,
      row_id: known?.row_id ?? null,
    })
    toJoin(work, session_id).add(activationId)
    return 'accepted'
  }

  /** Writes the row that these states and the activations of the row make, if it is another one than before. */
  function write(work: ProjectWork, invocation: Working, attached: readonly WitnessState[], nowMs: number) {
    const { projectId, deltas, changes } = work
    const { invocationId, rowId, before, states, changedWitnesses, inherited } = invocation
    const resolved = resolve(withActivations(states, attached))
    const changed = before === undefined || inherited !== undefined || rows.differs(before, resolved)
    const counted = inherited ?? before
    const count = changed ? live.count(projectId, counted, resolved, nowMs) : undefined
    const row_id = rowId ?? rows.insert({ project_id: projectId, invocation_id: invocationId, ...resolved, ...count })
    if (changed && rowId !== undefined) rows.update({ row_id, ...resolved, ...count })
    if (count && count.live_series_id !== (counted?.live_series_id ?? null)) work.countedNow.add(row_id)
    for (const state of states) if (changedWitnesses.has(state.witness)) rows.saveWitness(row_id, state)
    if (changedWitnesses.has('otel_span') && spanStateOf(states) === undefined) rows.removeWitness(row_id, 'otel_span')
    if (changed) {
      addRowChange(deltas, before, resolved)
      changes.push({ row_id, op: before === undefined ? 'insert' : 'update' })
    }
    return { row_id, resolved }
  }

  /** Gives the spans that came to their calls, whose witness state they make. */
  function joinSpansOf(work: ProjectWork, nowMs: number): void {
    const { projectId, invocations } = work
    const { invocationIds, movedTo } = joinSpans(projectId, work.spans.values(), spans, nowMs)
    for (const id of invocationIds) setSpanState(workingOn(work, id), spanState(projectId, id, spans))
    for (const id of invocationIds) {
      const invocation = invocations.get(id)!
      if (isCall(invocation)) {
        spans.keepTraces(projectId, id)
        continue
      }
      invocations.delete(id)
      const whole = movedTo.get(id)
      removeCall(work, invocation, whole === undefined ? undefined : invocations.get(whole))
    }
  }

  /** Takes the row of a call away that turned out to be part of another; one that is counted already is not counted twice. */
  function removeCall(work: ProjectWork, { rowId, before }: Working, whole: Working | undefined): void {
    if (rowId === undefined || before === undefined) return
    const isCounted = (whole?.inherited ?? whole?.before)?.live_series_id != null
    const isCountKept = before.live_series_id !== null && whole !== undefined && isCall(whole) && !isCounted
    if (isCountKept) whole.inherited = before
    activations.detach(rowId)
    removeRow(work, before, { isCountKept })
    if (mayBeActivated(before)) toJoin(work, before.session_id)
  }

  /** Whether a call takes over the count of a sighting that stood for itself: unless it was counted already as well, before. */
  function passCount(work: ProjectWork, alone: InvocationRow, call: InvocationRow): boolean {
    if (alone.live_series_id === null) return false
    if (call.live_series_id !== null) {
      if (!work.countedNow.has(call.row_id)) return false
      live.takeBack(call)
    }
    work.countedAs.set(call.row_id, alone)
    return true
  }

  function removeRow(work: ProjectWork, row: InvocationRow, options?: { isCountKept: boolean }): void {
    addRowRemoval(work.deltas, row)
    rows.remove(work.projectId, row.row_id, options)
    work.changes.push({ row_id: row.row_id, op: 'delete' })
  }

  /** A session needs joining anew when one of the calls came, changed or left that sightings may be part of. */
  function writeCall(work: ProjectWork, invocation: Working, nowMs: number): void {
    const { rowId, before } = invocation
    const attached = rowId !== undefined && mayBeActivated(before) ? activations.ofRow(rowId) : []
    const { resolved } = write(work, invocation, attached, nowMs)
    for (const each of [before, resolved]) if (each && mayBeActivated(each)) toJoin(work, each.session_id)
  }

  function join(work: ProjectWork, sessionId: string, changed: ReadonlySet<string>, nowMs: number): void {
    const { projectId } = work
    joinActivations(
      projectId,
      sessionId,
      changed,
      { rows, activations },
      {
        refresh: (rowId) => {
          const before = rows.read(rowId)!
          const invocation = {
            invocationId: before.invocation_id,
            rowId,
            before,
            states: rows.states(rowId),
            changedWitnesses: NONE,
            ...(work.countedAs.has(rowId) && { inherited: work.countedAs.get(rowId)! }),
          }
          write(work, invocation, activations.ofRow(rowId), nowMs)
        },
        insert: ({ activation_id, state }) => {
          const invocation = {
            invocationId: activation_id,
            rowId: undefined,
            before: undefined,
            states: [],
            changedWitnesses: NONE,
          }
          return write(work, invocation, [state], nowMs).row_id
        },
        remove: (rowId, into) => {
          const alone = rows.read(rowId)!
          removeRow(work, alone, { isCountKept: passCount(work, alone, rows.read(into)!) })
        },
      },
    )
  }

  function writeProject(work: ProjectWork, nowMs: number): void {
    if (work.spans.size > 0) joinSpansOf(work, nowMs)
    for (const invocation of work.invocations.values()) {
      if (invocation.changedWitnesses.size > 0) writeCall(work, invocation, nowMs)
    }
    for (const [sessionId, changed] of work.sessions) join(work, sessionId, changed, nowMs)
    rollUps.apply(work.projectId, work.deltas, nowMs)
    rows.appendChanges(work.projectId, work.changes)
  }

  /** Whether a span tells of a call, and no witness has told its session. */
  function isWaiting(projectId: number, { span: place, fields }: ParsedObservation): boolean {
    if (place === undefined || place.role === 'around' || fields.session_id !== undefined) return false
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

type ChangedStates = Pick<Working, 'states'> & { changedWitnesses: Set<string> }

/** What spans state about a call follows from all that are known, so it takes the place of what they stated before. */
function setSpanState(invocation: ChangedStates, state: WitnessState | undefined): void {
  const before = spanStateOf(invocation.states)
  if (before === undefined ? state === undefined : state !== undefined && sameFields(before, state)) return
  const others = invocation.states.filter((each) => each !== before)
  invocation.states = state === undefined ? others : withObservation(others, state)
  invocation.changedWitnesses.add('otel_span')
}

function spanStateOf(states: readonly WitnessState[]): WitnessState | undefined {
  return states.find(({ witness }) => witness === 'otel_span')
}

/** Whether enough is known for a row. Spans alone may not have told the name or the session yet. */
function isCall({ states }: Pick<Working, 'states'>): boolean {
  return states.some(
    ({ witness, fields }) =>
      witness !== 'otel_span' || (fields.skill_name !== undefined && fields.session_id !== undefined),
  )
}

/**
 * Whether a sighting without an id may be part of a call: the activation of a skill that the agent calls or that a person types,
 * which is known as a command, and the end of a sub-agent.
 */
function mayBeActivated(row: Pick<InvocationRow, 'kind'> | undefined): boolean {
  return row !== undefined && row.kind !== 'tool' && row.kind !== 'mcp'
}

/** Has a session joined anew at the end of the transaction. */
function toJoin({ sessions }: ProjectWork, sessionId: string): Set<string> {
  const changed = sessions.get(sessionId) ?? new Set()
  sessions.set(sessionId, changed)
  return changed
}

const NONE: ReadonlySet<string> = new Set()

function newWork(projectId: number, storeText: ReadonlySet<TextField>): ProjectWork {
  return {
    projectId,
    storeText,
    invocations: new Map(),
    spans: new Map(),
    sessions: new Map(),
    countedNow: new Set(),
    countedAs: new Map(),
    deltas: emptyDeltas(),
    changes: [],
  }
}

/** The states of a row's witnesses with what its activations add; without witnesses they are all there is. */
function withActivations(states: readonly WitnessState[], attached: readonly WitnessState[]): readonly WitnessState[] {
  if (states.length === 0) return attached
  return attached.map(contributionOf).reduce(withObservation, states)
}

function sameFields(a: WitnessState, b: WitnessState): boolean {
  const names = Object.keys(b.fields) as (keyof WitnessState['fields'])[]
  return names.length === Object.keys(a.fields).length && names.every((name) => same(a.fields[name], b.fields[name]))
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
