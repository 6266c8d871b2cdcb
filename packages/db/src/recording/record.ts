import type { InvocationRow, ParsedObservation } from '@skillwatch/schema'
import { hashOfProject, storedTexts } from '../projects.ts'
import { createRollUpWriter } from '../roll-ups/apply.ts'
import { addRowChange, addRowRemoval, emptyDeltas } from '../roll-ups/deltas.ts'
import type { Writer } from '../sqlite/open.ts'
import { createActivationStore } from './activation-store.ts'
import { joinActivations } from './join-activations.ts'
import { createLiveCounter } from './live-series.ts'
import { type WitnessState, withObservation } from './merge.ts'
import { privateFields, privateId, type TextField } from './private-fields.ts'
import { resolve } from './resolve.ts'
import { type ChangeOp, createRowStore } from './row-store.ts'

/** What became of one observation: stored, or already known in every field. */
export type RecordOutcome = 'accepted' | 'duplicate'

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
}

/** What the running transaction knows of one project. */
interface ProjectWork {
  projectId: number
  storeText: ReadonlySet<TextField>
  invocations: Map<string, Working & { changedWitnesses: Set<string> }>
  /** Sessions whose activations must be given to calls anew. */
  sessions: Set<string>
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
  const rollUps = createRollUpWriter(writer)
  const countLive = createLiveCounter(writer)

  function observe(work: ProjectWork, observation: ParsedObservation, nowMs: number): RecordOutcome {
    const hash = hashOfProject(writer, work.projectId)
    const fields = privateFields(observation, hash, work.storeText)
    const id = privateId(observation.invocation_id, hash)
    const next: WitnessState = { witness: observation.witness, received_at_ms: nowMs, fields }
    return observation.unanchored ? observeActivation(work, id, next) : observeCall(work, id, next)
  }

  function observeCall(work: ProjectWork, invocationId: string, next: WitnessState): RecordOutcome {
    let invocation = work.invocations.get(invocationId)
    if (invocation === undefined) {
      invocation = { invocationId, ...rows.load(work.projectId, invocationId), changedWitnesses: new Set() }
      work.invocations.set(invocationId, invocation)
    }
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
    if (known !== undefined) work.sessions.add(known.session_id)
    const session_id = state!.fields.session_id!
    activations.save(work.projectId, {
      activation_id: activationId,
      session_id,
      state: state!,
      row_id: known?.row_id ?? null,
    })
    work.sessions.add(session_id)
    return 'accepted'
  }

  /** Writes the row that these states and the activations of the row make, if it is another one than before. */
  function write(work: ProjectWork, invocation: Working, attached: readonly WitnessState[], nowMs: number) {
    const { projectId, deltas, changes } = work
    const { invocationId, rowId, before, states, changedWitnesses } = invocation
    const resolved = resolve(withActivations(states, attached))
    const changed = before === undefined || rows.differs(before, resolved)
    const live = changed ? countLive(projectId, before, resolved, nowMs) : undefined
    const row_id = rowId ?? rows.insert({ project_id: projectId, invocation_id: invocationId, ...resolved, ...live })
    if (changed && rowId !== undefined) rows.update({ row_id, ...resolved, ...live })
    for (const state of states) if (changedWitnesses.has(state.witness)) rows.saveWitness(row_id, state)
    if (changed) {
      addRowChange(deltas, before, resolved)
      changes.push({ row_id, op: before === undefined ? 'insert' : 'update' })
    }
    return { row_id, resolved }
  }

  /** A session needs joining anew when one of its skill calls or commands came, changed or left. */
  function writeCall(work: ProjectWork, invocation: Working, nowMs: number): void {
    const { rowId, before } = invocation
    const attached = rowId !== undefined && mayBeActivated(before) ? activations.ofRow(rowId) : []
    const { resolved } = write(work, invocation, attached, nowMs)
    for (const each of [before, resolved]) if (each && mayBeActivated(each)) work.sessions.add(each.session_id)
  }

  function join(work: ProjectWork, sessionId: string, nowMs: number): void {
    const { projectId, deltas, changes } = work
    joinActivations(
      projectId,
      sessionId,
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
        remove: (rowId) => {
          addRowRemoval(deltas, rows.read(rowId)!)
          rows.remove(projectId, rowId)
          changes.push({ row_id: rowId, op: 'delete' })
        },
      },
    )
  }

  function writeProject(work: ProjectWork, nowMs: number): void {
    for (const invocation of work.invocations.values()) {
      if (invocation.changedWitnesses.size > 0) writeCall(work, invocation, nowMs)
    }
    for (const sessionId of work.sessions) join(work, sessionId, nowMs)
    rollUps.apply(work.projectId, work.deltas, nowMs)
    rows.appendChanges(work.projectId, work.changes)
  }

  const transaction = writer.sqlite.transaction((jobs: readonly RecordJob[], nowMs: number) => {
    rows.begin()
    const projects = new Map<number, ProjectWork>()
    const outcomes = jobs.map(({ projectId, observations }) => {
      const work = projects.get(projectId) ?? newWork(projectId, storedTexts(writer, projectId))
      projects.set(projectId, work)
      return observations.map((observation) => observe(work, observation, nowMs))
    })
    for (const work of projects.values()) writeProject(work, nowMs)
    return outcomes
  })
  return (jobs, nowMs) => transaction.immediate(jobs, nowMs)
}

/** Whether a call may have an activation: skills that agents call, and those that people type, which are known as commands. */
function mayBeActivated(row: Pick<InvocationRow, 'kind'> | undefined): boolean {
  return row?.kind === 'skill' || row?.kind === 'command'
}

const NONE: ReadonlySet<string> = new Set()

function newWork(projectId: number, storeText: ReadonlySet<TextField>): ProjectWork {
  return { projectId, storeText, invocations: new Map(), sessions: new Set(), deltas: emptyDeltas(), changes: [] }
}

/**
 * The states of a row's witnesses with those of its activations. An activation tells when the skill was chosen, not when
 * the call began, so its time counts only where there is no other. Session and kind decide which calls it may belong to,
 * so those of the call must be the call's own.
 */
function withActivations(states: readonly WitnessState[], attached: readonly WitnessState[]): readonly WitnessState[] {
  if (states.length === 0) return attached
  return attached.reduce(
    (all, { fields: { invoked_at_ms: _at, session_id: _session, kind: _kind, ...fields }, ...state }) =>
      withObservation(all, { ...state, fields }),
    states,
  )
}

function sameFields(a: WitnessState, b: WitnessState): boolean {
  const names = Object.keys(b.fields) as (keyof WitnessState['fields'])[]
  return names.length === Object.keys(a.fields).length && names.every((name) => same(a.fields[name], b.fields[name]))
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
