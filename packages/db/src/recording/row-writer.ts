import type { InvocationRow } from '@skillwatch/schema'
import { addRowChange, addRowRemoval } from '../roll-ups/deltas.ts'
import type { Writer } from '../sqlite/open.ts'
import { contributionOf } from './join-activations.ts'
import { createLiveCounter } from './live-series.ts'
import { type WitnessRecord, withObservation } from './merge.ts'
import { isCall, type ProjectWork, spanStateOf, type Working } from './project-work.ts'
import { resolve } from './resolve.ts'
import type { RowStore } from './row-store.ts'

/** Writes rows with all that hangs on them: what witnesses state, live counts, changes of roll-ups and of the log. */
export function createRowWriter(writer: Writer, rows: RowStore) {
  const live = createLiveCounter(writer)

  /** Writes the row that its witnesses and its activations make, if it is another one than before. */
  function write(
    work: ProjectWork,
    invocation: Working,
    activations: readonly WitnessRecord[],
    nowMs: number,
  ) {
    const { invocationId: invocation_id, rowId, before, states, inherited } = invocation
    const { projectId: project_id, deltas, changes, countedNow } = work
    const resolved = resolve(withActivations(states, activations))
    const changed = before === undefined || inherited !== undefined || rows.differs(before, resolved)
    const counted = inherited ?? before
    const count = changed ? live.count(project_id, counted, resolved, nowMs) : undefined
    const row_id = rowId ?? rows.insert({ project_id, invocation_id, ...resolved, ...count })
    if (changed && rowId !== undefined) rows.update({ row_id, ...resolved, ...count })
    if (count && count.live_series_id !== (counted?.live_series_id ?? null)) countedNow.add(row_id)
    saveWitnesses(row_id, invocation)
    if (changed) {
      addRowChange(deltas, before, resolved)
      changes.push({ row_id, op: before === undefined ? 'insert' : 'update' })
    }
    return { row_id, resolved }
  }

  function saveWitnesses(rowId: number, { states, changedWitnesses }: Working): void {
    for (const state of states) if (changedWitnesses.has(state.witness)) rows.saveWitness(rowId, state)
    if (changedWitnesses.has('otel_span') && spanStateOf(states) === undefined)
      rows.removeWitness(rowId, 'otel_span')
  }

  /** Takes a row away that turned out to be part of another one, if any; what is counted already is not counted twice. */
  function remove(work: ProjectWork, row: InvocationRow, whole: Working | undefined): void {
    const isCountKept = whole !== undefined && takesOverCount(work, row, whole)
    if (isCountKept) whole.inherited = row
    addRowRemoval(work.deltas, row)
    rows.remove(work.projectId, row.row_id, { isCountKept })
    work.changes.push({ row_id: row.row_id, op: 'delete' })
  }

  /** Unless the other one was counted before as well: then the counter keeps both, and notes that one is gone. */
  function takesOverCount({ countedNow }: ProjectWork, part: InvocationRow, whole: Working): boolean {
    if (part.live_series_id === null || !isCall(whole)) return false
    const counted = whole.inherited ?? whole.before
    if (counted === undefined || counted.live_series_id === null) return true
    if (!countedNow.has(counted.row_id)) return false
    live.takeBack(counted)
    return true
  }

  return { write, remove }
}

/** The states of a row's witnesses with what its activations add; without witnesses they are all there is. */
function withActivations(
  states: readonly WitnessRecord[],
  attached: readonly WitnessRecord[],
): readonly WitnessRecord[] {
  if (states.length === 0) return attached
  return attached.map(contributionOf).reduce(withObservation, states)
}
