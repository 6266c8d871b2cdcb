import type { InvocationRow, ParsedObservation } from '@skillwatch/schema'
import { projectHashKey } from '../projects.ts'
import { createRollUpWriter } from '../roll-ups/apply.ts'
import { addRowChange, emptyDeltas, type RollUpDeltas } from '../roll-ups/deltas.ts'
import type { Writer } from '../sqlite/open.ts'
import { createKeyedHash, privateFields } from './keyed-hash.ts'
import { createLiveCounter } from './live-series.ts'
import { type WitnessState, withObservation } from './merge.ts'
import { resolve } from './resolve.ts'
import { createRowStore } from './row-store.ts'

/** What became of one observation: stored, or already known in every field. */
export type RecordOutcome = 'accepted' | 'duplicate'

/** One request's share of a group. */
export interface RecordJob {
  projectId: number
  observations: readonly ParsedObservation[]
}

/** An invocation that the running transaction works on: as it was before, and what is known by now. */
interface Working {
  rowId: number | undefined
  before: InvocationRow | undefined
  states: WitnessState[]
  changedWitnesses: Set<string>
}

/**
 * Makes the function that writes a group of jobs in one transaction: witnesses, rows, roll-ups, live counters and the
 * change log with its counter last (R5, R6). Either all of the group is stored or nothing.
 * Observations of one invocation inside a group are merged first and written once.
 */
export function createRecord(writer: Writer): (jobs: readonly RecordJob[], nowMs: number) => RecordOutcome[][] {
  const rows = createRowStore(writer)
  const rollUps = createRollUpWriter(writer)
  const countLive = createLiveCounter(writer)
  const hashes = new Map<number, (text: string) => string>()

  function hashOf(projectId: number): (text: string) => string {
    let hash = hashes.get(projectId)
    if (hash === undefined) {
      hash = createKeyedHash(projectHashKey(writer, projectId))
      hashes.set(projectId, hash)
    }
    return hash
  }

  function observe(
    working: Map<string, Working>,
    projectId: number,
    observation: ParsedObservation,
    nowMs: number,
  ): RecordOutcome {
    let invocation = working.get(observation.invocation_id)
    if (invocation === undefined) {
      invocation = { ...rows.load(projectId, observation.invocation_id), changedWitnesses: new Set() }
      working.set(observation.invocation_id, invocation)
    }
    const { witness } = observation
    const known = invocation.states.find((state) => state.witness === witness)
    const next = { witness, received_at_ms: nowMs, fields: privateFields(observation, hashOf(projectId)) }
    invocation.states = withObservation(invocation.states, next)
    const state = invocation.states.find((each) => each.witness === witness)!
    if (known !== undefined && sameFields(known, state)) return 'duplicate'
    invocation.changedWitnesses.add(witness)
    return 'accepted'
  }

  function write(
    projectId: number,
    invocationId: string,
    { rowId, before, states, changedWitnesses }: Working,
    deltas: RollUpDeltas,
    nowMs: number,
  ) {
    const resolved = resolve(states)
    const changed = before === undefined || rows.differs(before, resolved)
    const live = changed ? countLive(projectId, before, resolved, nowMs) : undefined
    const id = rowId ?? rows.insert({ project_id: projectId, invocation_id: invocationId, ...resolved, ...live })
    if (changed && rowId !== undefined) rows.update({ row_id: rowId, ...resolved, ...live })
    for (const state of states) if (changedWitnesses.has(state.witness)) rows.saveWitness(id, state)
    if (!changed) return
    addRowChange(deltas, before, resolved)
    return { row_id: id, op: before === undefined ? ('insert' as const) : ('update' as const) }
  }

  function writeProject(projectId: number, working: Map<string, Working>, nowMs: number): void {
    const deltas = emptyDeltas()
    const changes = [...working]
      .filter(([, { changedWitnesses }]) => changedWitnesses.size > 0)
      .map(([invocationId, invocation]) => write(projectId, invocationId, invocation, deltas, nowMs))
      .filter((change) => change !== undefined)
    rollUps.apply(projectId, deltas, nowMs)
    rows.appendChanges(projectId, changes)
  }

  const transaction = writer.sqlite.transaction((jobs: readonly RecordJob[], nowMs: number) => {
    const projects = new Map<number, Map<string, Working>>()
    const outcomes = jobs.map(({ projectId, observations }) => {
      const working = projects.get(projectId) ?? new Map<string, Working>()
      projects.set(projectId, working)
      return observations.map((observation) => observe(working, projectId, observation, nowMs))
    })
    for (const [projectId, working] of projects) writeProject(projectId, working, nowMs)
    return outcomes
  })
  return (jobs, nowMs) => transaction.immediate(jobs, nowMs)
}

function sameFields(a: WitnessState, b: WitnessState): boolean {
  const names = Object.keys(b.fields) as (keyof WitnessState['fields'])[]
  return names.length === Object.keys(a.fields).length && names.every((name) => same(a.fields[name], b.fields[name]))
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
