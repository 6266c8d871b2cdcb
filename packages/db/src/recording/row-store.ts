import { durationBucket, type InvocationRow, type Witness } from '@skillwatch/schema'
import type { Writer } from '../sqlite/open.ts'
import { prepareSlotted, slot } from '../sqlite/statements.ts'
import type { LiveCount } from './live-series.ts'
import type { WitnessRecord } from './merge.ts'
import type { ResolvedRow } from './resolve.ts'

const RESOLVED_COLUMNS = [
  'kind',
  'skill_name',
  'session_id',
  'prompt_id',
  'agent_name',
  'user_hash',
  'parent_invocation_id',
  'trigger',
  'invoked_at_ms',
  'ended_at_ms',
  'outcome',
  'execution_ms',
  'elapsed_ms',
  'error_type',
  'workflow_path',
  'workflow_phase',
  'workflow_step_id',
  'user_query_bytes',
  'user_query_hash',
  'arguments_bytes',
  'arguments_hash',
  'result_bytes',
  'result_hash',
  'alternatives_considered',
  'selection_rank',
  'follow_up_actions',
  'rating',
  'skill_version',
  'attributes',
  'witnesses',
] as const satisfies (keyof ResolvedRow)[]

const LIVE_COLUMNS = ['live_series_id', 'live_execution_ms'] as const satisfies (keyof LiveCount)[]

/** What a change did to its row. */
export type ChangeOp = 'insert' | 'update' | 'delete'

type StoredRow = ResolvedRow & Partial<LiveCount>

/** Reads and writes rows, witness states and the change log with statements that were prepared once. */
export function createRowStore({ sqlite, db }: Writer) {
  const slots = (columns: readonly string[]) =>
    Object.fromEntries(columns.map((column) => [column, slot(column)]))
  const inserted = ['row_id', 'project_id', 'invocation_id', ...RESOLVED_COLUMNS, ...LIVE_COLUMNS]

  const selectRow = sqlite.prepare<[number, string], InvocationRow>(
    db
      .selectFrom('skill_invocation')
      .selectAll()
      .where('project_id', '=', slot<number>('project_id'))
      .where('invocation_id', '=', slot<string>('invocation_id'))
      .compile().sql,
  )
  const selectWitnesses = sqlite.prepare<
    [number],
    { witness: Witness; received_at_ms: number; fields: string }
  >(
    db
      .selectFrom('invocation_witness')
      .select(['witness', 'received_at_ms', 'fields'])
      .where('row_id', '=', slot<number>('row_id'))
      .compile().sql,
  )
  const insertRow = prepareSlotted(
    sqlite,
    db
      .insertInto('skill_invocation')
      .values(slots(inserted) as never)
      .compile(),
  )
  const updateRow = prepareSlotted(
    sqlite,
    db
      .updateTable('skill_invocation')
      .set(slots([...RESOLVED_COLUMNS, ...LIVE_COLUMNS]))
      .where('row_id', '=', slot<number>('row_id'))
      .compile(),
  )
  const upsertWitness = prepareSlotted(
    sqlite,
    db
      .insertInto('invocation_witness')
      .values({
        row_id: slot('row_id'),
        witness: slot('witness'),
        received_at_ms: slot('received_at_ms'),
        fields: slot('fields'),
      })
      .onConflict((conflict) =>
        conflict.columns(['row_id', 'witness']).doUpdateSet((eb) => ({
          received_at_ms: eb.ref('excluded.received_at_ms'),
          fields: eb.ref('excluded.fields'),
        })),
      )
      .compile(),
  )
  const selectOffset = sqlite
    .prepare<[number], number>(
      db
        .selectFrom('stream')
        .select('last_offset')
        .where('project_id', '=', slot<number>('project_id'))
        .compile().sql,
    )
    .pluck()
  const updateOffset = prepareSlotted(
    sqlite,
    db
      .updateTable('stream')
      .set({ last_offset: slot('last_offset') })
      .where('project_id', '=', slot<number>('project_id'))
      .compile(),
  )
  const insertChange = prepareSlotted(
    sqlite,
    db
      .insertInto('skill_change')
      .values({
        project_id: slot('project_id'),
        offset: slot('offset'),
        op: slot('op'),
        row_id: slot('row_id'),
      })
      .compile(),
  )

  const selectRowById = sqlite.prepare<[number], InvocationRow>(
    db.selectFrom('skill_invocation').selectAll().where('row_id', '=', slot<number>('row_id')).compile().sql,
  )
  const selectJoinableCalls = sqlite.prepare<[number, string], { row_id: number; invocation_id: string }>(
    `select row_id, invocation_id from skill_invocation where project_id = ? and session_id = ? and kind in ('skill', 'command', 'agent')`,
  )
  const noteDeletedSeries = sqlite.prepare(
    `update skill_live_series set deleted_invocation_count = deleted_invocation_count + 1,
      deleted_execution_count = deleted_execution_count + (@live_execution_ms is not null),
      deleted_execution_ms_sum = round(deleted_execution_ms_sum + coalesce(@live_execution_ms, 0), 3)
      where series_id = @live_series_id`,
  )
  const noteDeletedBucket = sqlite.prepare<[number, number]>(
    'update skill_live_bucket set deleted_invocation_count = deleted_invocation_count + 1 where series_id = ? and bucket = ?',
  )
  /** The counters for Prometheus keep their value; they note how much of it has no row any more. */
  function noteDeletedCount({ live_series_id, live_execution_ms }: LiveCount): void {
    noteDeletedSeries.run({ live_series_id, live_execution_ms })
    if (live_execution_ms !== null) noteDeletedBucket.run(live_series_id!, durationBucket(live_execution_ms))
  }
  const deleteWitness = sqlite.prepare<[number, Witness]>(
    'delete from invocation_witness where row_id = ? and witness = ?',
  )
  const deleteRow = sqlite.prepare<[number]>('delete from skill_invocation where row_id = ?')
  const insertTombstone = prepareSlotted(
    sqlite,
    db
      .insertInto('skill_tombstone')
      .values({
        row_id: slot('row_id'),
        project_id: slot('project_id'),
        invocation_id: slot('invocation_id'),
      })
      .compile(),
  )
  const states = (rowId: number): WitnessRecord[] =>
    selectWitnesses.all(rowId).map((state) => ({ ...state, fields: JSON.parse(state.fields) }))
  const selectLastRowId = sqlite
    .prepare<[], number>(
      `select max(
        coalesce((select row_id from skill_invocation order by row_id desc limit 1), 0),
        coalesce((select row_id from skill_tombstone order by row_id desc limit 1), 0))`,
    )
    .pluck()
  let nextRowId = 1

  return {
    /** The row and the states of its witnesses as they are stored; empty when the invocation is new. */
    load(
      projectId: number,
      invocationId: string,
    ): { rowId: number | undefined; before: InvocationRow | undefined; states: WitnessRecord[] } {
      const row = selectRow.get(projectId, invocationId)
      if (row === undefined) return { rowId: undefined, before: undefined, states: [] }
      return { rowId: row.row_id, before: row, states: states(row.row_id) }
    },
    has(projectId: number, invocationId: string): boolean {
      return selectRow.get(projectId, invocationId) !== undefined
    },
    read(rowId: number): InvocationRow | undefined {
      return selectRowById.get(rowId)
    },
    invocationId(rowId: number): string | undefined {
      return selectRowById.get(rowId)?.invocation_id
    },
    states,
    /** The calls of a session that sightings without an id may be part of, each with what its own witnesses stated. */
    joinableCalls(projectId: number, sessionId: string) {
      return selectJoinableCalls
        .all(projectId, sessionId)
        .map((call) => ({ ...call, states: states(call.row_id) }))
    },
    /**
     * Takes a row away and keeps its id for the log.
     * @param isCountKept another row stands for its count from now on
     */
    remove(projectId: number, rowId: number, { isCountKept = false } = {}): void {
      const row = selectRowById.get(rowId)
      if (row === undefined) throw new TypeError(`there is no row ${rowId}`)
      if (row.live_series_id !== null && !isCountKept) noteDeletedCount(row)
      insertTombstone.run({ row_id: rowId, project_id: projectId, invocation_id: row.invocation_id })
      deleteRow.run(rowId)
    },
    differs(before: InvocationRow, after: ResolvedRow): boolean {
      return RESOLVED_COLUMNS.some((column) => before[column] !== after[column])
    },
    /** Starts the row ids of a transaction. The id of a row that is gone is never given again: the log still knows it. */
    begin(): void {
      nextRowId = selectLastRowId.get()! + 1
    },
    insert(row: StoredRow & { project_id: number; invocation_id: string }): number {
      const row_id = nextRowId++
      insertRow.run({ row_id, ...row })
      return row_id
    },
    update(row: StoredRow & { row_id: number }): void {
      updateRow.run(row)
    },
    removeWitness(rowId: number, witness: Witness): void {
      deleteWitness.run(rowId, witness)
    },
    saveWitness(rowId: number, { witness, received_at_ms, fields }: WitnessRecord): void {
      upsertWitness.run({ row_id: rowId, witness, received_at_ms, fields: JSON.stringify(fields) })
    },
    /**
     * Appends to the log and moves the counter last, so that offsets are dense and in commit order (R5).
     * @returns the last offset; undefined without changes
     */
    appendChanges(
      project_id: number,
      changes: readonly { row_id: number; op: ChangeOp }[],
    ): number | undefined {
      if (changes.length === 0) return undefined
      let offset = selectOffset.get(project_id)!
      for (const change of changes) insertChange.run({ project_id, offset: ++offset, ...change })
      updateOffset.run({ project_id, last_offset: offset })
      return offset
    },
  }
}

export type RowStore = ReturnType<typeof createRowStore>
