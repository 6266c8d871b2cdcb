import type { InvocationRow } from '@skillwatch/schema'
import { type CountedRow, ROLL_UPS } from '../../roll-ups/declarations.ts'
import { addInvocationChange, emptyDeltas, type RollUpDeltas } from '../../roll-ups/deltas.ts'
import { type MarkingRow, marksOf, markText, type TurnMark } from '../../turns/marks.ts'
import type { CorrelatedSpans } from '../correlate/spans.ts'
import { RESOLVED_COLUMNS } from '../fields.ts'
import { firstReceivedAtMs } from '../merge/resolve.ts'
import { soleRecordBits } from '../sole-record.ts'
import type {
  InvocationChange,
  NewInvocation,
  SpanCascade,
  UncorrelatedObservation,
  WritePlan,
} from '../storage.ts'
import type { InvocationDraft, WriteBatch } from '../write-batch.ts'
import { type LiveColumns, liveExecutionMs, liveLabels, NOT_COUNTED } from './live-count.ts'
import { loadVersions, type RowVersion } from './versions.ts'

/** What the steps before found, beside the batch. */
export interface WriteInput {
  readonly spans: CorrelatedSpans | undefined
  readonly keptTraces: ReadonlySet<string>
  /** Cascades that this transaction continued. */
  readonly cascades: readonly SpanCascade[]
}

/** What a plan needs beside the batch, looked up before it is made. */
interface PlanInput extends WriteInput {
  readonly versions: readonly RowVersion[]
  /** Ids of the series of the versions that are counted now, in their order. */
  readonly seriesIds: readonly number[]
  readonly firstRowId: number
}

/** Writes everything that changed in the batch: rows, witness records, roll-ups, change log. */
export async function write(batch: WriteBatch, input: WriteInput): Promise<void> {
  const { trx, projectId, nowMs } = batch
  const versions = await loadVersions(batch)
  const counted = versions.flatMap(({ isCountedNow, after }) =>
    isCountedNow && after ? liveLabels(after) : [],
  )
  const seriesIds = counted.length === 0 ? [] : await trx.liveSeries(projectId, counted)
  const added = versions.filter(({ before, after }) => before === undefined && after !== undefined)
  const firstRowId = await trx.reserveRowIds(added.length)
  await trx.apply(projectId, planWrites(batch, { ...input, versions, seriesIds, firstRowId }), nowMs)
}

/**
 * Everything that the transaction writes: a pure function of what was loaded, the observations and the time.
 */
function planWrites(batch: WriteBatch, input: PlanInput): WritePlan {
  const rows = new RowPlanner(input)
  for (const version of input.versions) rows.add(version)
  return {
    ...rows.plan,
    deltas: rows.deltas,
    observations: planObservations(batch, rows.rowIds),
    sessionEnds: batch.changedSessionEnds,
    prompts: [...batch.changedPrompts.values()],
    turns: marksOfBatch(batch, rows.changedRows),
    spans: batch.spans.changed,
    keptTraces: input.keptTraces,
    cascades: input.spans?.cascades ?? [],
    doneCascades: input.cascades,
  }
}

class RowPlanner {
  readonly plan = {
    inserts: [] as NewInvocation[],
    updates: [] as { row_id: number; columns: Partial<InvocationRow> }[],
    deletes: [] as { row_id: number; invocation_id: string }[],
    records: [] as WritePlan['records'][number][],
    removedRecords: [] as WritePlan['removedRecords'][number][],
    changes: [] as InvocationChange[],
  }
  readonly deltas: RollUpDeltas<CountedRow> = emptyDeltas(ROLL_UPS)
  readonly rowIds = new Map<InvocationDraft, number>()
  /** Versions of rows, before and after, of which something changed. */
  readonly changedRows: MarkingRow[] = []
  readonly #seriesIds: Iterator<number>
  readonly #takenOver: ReadonlySet<number>
  #nextRowId: number

  constructor({ seriesIds, firstRowId, versions }: PlanInput) {
    this.#seriesIds = seriesIds[Symbol.iterator]()
    this.#nextRowId = firstRowId
    this.#takenOver = takenOverRows(versions)
  }

  add(version: RowVersion): void {
    if (version.after === undefined) this.#delete(version.before!)
    else if (version.before === undefined) this.#insert(version, version.after)
    else this.#update(version, version.before, version.after)
  }

  #insert(version: RowVersion, after: NonNullable<RowVersion['after']>): void {
    const row_id = this.#nextRowId++
    const sole_record = soleRecord(version)
    const live = this.#liveColumns(version)
    const received_at_ms = firstReceivedAtMs(version.records)
    const invocation_id = version.draft.invocationId
    const row = { ...after, row_id, invocation_id, ...live, sole_record, received_at_ms }
    this.rowIds.set(version.draft, row_id)
    this.plan.inserts.push(row)
    this.#change(row_id, 'insert')
    this.changedRows.push(row)
    if (sole_record === null) this.#writeRecords(row_id, version.draft)
    addInvocationChange(this.deltas, undefined, row, version.counted?.live_series_id)
  }

  #update(version: RowVersion, before: InvocationRow, after: NonNullable<RowVersion['after']>): void {
    const { row_id } = before
    const columns: Record<string, unknown> = {}
    for (const column of RESOLVED_COLUMNS)
      if (before[column] !== after[column]) columns[column] = after[column]
    const isChanged = Object.keys(columns).length > 0
    const rest = {
      ...this.#liveColumns(version),
      sole_record: before.sole_record === null ? null : soleRecord(version),
      received_at_ms: Math.min(before.received_at_ms, firstReceivedAtMs(version.records)),
    }
    for (const column of Object.keys(rest) as (keyof typeof rest)[]) {
      if (before[column] !== rest[column]) columns[column] = rest[column]
    }
    const row = { ...after, ...rest, invocation_id: before.invocation_id }
    this.rowIds.set(version.draft, row_id)
    if (Object.keys(columns).length > 0) this.plan.updates.push({ row_id, columns })
    if (rest.sole_record === null) this.#writeRecords(row_id, version.draft)
    if (isChanged) {
      this.#change(row_id, 'update')
      this.changedRows.push(before, row)
    }
    addInvocationChange(this.deltas, before, row, version.counted?.live_series_id)
  }

  #delete(before: InvocationRow): void {
    const { row_id, invocation_id } = before
    this.plan.deletes.push({ row_id, invocation_id })
    this.#change(row_id, 'delete')
    this.changedRows.push(before)
    addInvocationChange(
      this.deltas,
      before,
      undefined,
      this.#takenOver.has(row_id) ? null : before.live_series_id,
    )
  }

  #liveColumns({ counted, isCountedNow, after }: RowVersion): LiveColumns {
    if (counted !== undefined) {
      return { live_series_id: counted.live_series_id, live_execution_ms: counted.live_execution_ms }
    }
    if (!isCountedNow || after === undefined) return NOT_COUNTED
    return { live_series_id: this.#seriesIds.next().value!, live_execution_ms: liveExecutionMs(after) }
  }

  /** A record that was part of its row has to be written whole as soon as it is not alone any more. */
  #writeRecords(row_id: number, { records, changedWitnesses, stored }: InvocationDraft): void {
    const wasSole = stored === undefined || stored.row.sole_record !== null
    for (const record of records) {
      if (wasSole || changedWitnesses.has(record.witness)) this.plan.records.push({ row_id, record })
    }
    if (wasSole) return
    for (const witness of changedWitnesses) {
      if (!records.some((record) => record.witness === witness))
        this.plan.removedRecords.push({ row_id, witness })
    }
  }

  #change(row_id: number, op: InvocationChange['op']): void {
    this.plan.changes.push({ entity: 'invocation', row_id, op })
  }
}

/** What is to be derived again, each once. */
function marksOfBatch(
  { changedPrompts, turnsOfSessionEnds }: WriteBatch,
  changedRows: readonly MarkingRow[],
): TurnMark[] {
  const marks = [...changedRows.flatMap(marksOf), ...changedPrompts.values(), ...turnsOfSessionEnds]
  return [...new Map(marks.map((mark) => [markText(mark), mark])).values()]
}

/** Rows whose count another row takes over. */
function takenOverRows(versions: readonly RowVersion[]): ReadonlySet<number> {
  return new Set(
    versions.flatMap(({ counted, before }) =>
      counted === undefined || counted === before ? [] : counted.row_id,
    ),
  )
}

function soleRecord({ records, after, hasObservation }: RowVersion): number | null {
  if (hasObservation || records.length !== 1) return null
  return soleRecordBits(records[0]!, after!) ?? null
}

/** Observations that are new, report something new, or belong to another row than before. */
function planObservations(
  { observations, drafts }: WriteBatch,
  rowIds: ReadonlyMap<InvocationDraft, number>,
): WritePlan['observations'] {
  return [...observations.values()].flatMap(({ observationId, record, view, correlation, stored }) => {
    const isStored =
      stored !== undefined &&
      stored.record === record &&
      JSON.stringify(stored.correlation) === JSON.stringify(correlation)
    if (isStored) return []
    const draft = drafts.get(correlation?.invocationId ?? observationId)!
    const row_id = rowIds.get(draft) ?? draft.stored!.row.row_id
    const observation: UncorrelatedObservation = { observationId, record, view, correlation }
    return { row_id, observation }
  })
}
