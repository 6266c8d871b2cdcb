import type BetterSqlite3 from 'better-sqlite3'
import type { LogEntry } from '../../recording/storage.ts'
import type { RollUpWriter } from '../../roll-ups/apply.ts'
import { addRowChange, emptyDeltas, type RollUpDeltas } from '../../roll-ups/deltas.ts'
import { partsOf, USE_ROLL_UPS, type UsePart } from '../../roll-ups/uses.ts'
import { TURN_COLUMNS, USE_COLUMNS } from '../../turns/columns.ts'
import type { TurnKey } from '../../turns/marks.ts'
import type { PendingTurn, StoredTurn, StoredUse, TurnPlan, TurnStorage } from '../../turns/storage.ts'
import type { ChangeLogStatements } from '../recording/change-log.ts'
import type { TurnMarkStatements } from '../recording/turn-marks.ts'
import { TurnFactsStatements } from './turn-facts.ts'

/** What else is written with turns and uses. */
export interface TurnWriters {
  readonly rollUps: RollUpWriter
  readonly turnMarks: TurnMarkStatements
  readonly changeLog: ChangeLogStatements
}

/** What the plans of one transaction add to roll-ups and to the change log. */
interface Additions {
  readonly deltas: RollUpDeltas<UsePart>
  readonly changes: LogEntry[]
}

/**
 * Turns and uses in SQLite. Every answer is there at once; promises keep the interface free of the engine.
 */
export class SqliteTurnStorage implements TurnStorage {
  readonly #facts: TurnFactsStatements
  readonly #rollUps: RollUpWriter
  readonly #marks: TurnMarkStatements
  readonly #changeLog: ChangeLogStatements
  readonly #pending
  readonly #pendingOfSession
  readonly #settle
  readonly #turn
  readonly #usesOfTurn
  readonly #use
  readonly #before
  readonly #putTurn
  readonly #deleteTurn
  readonly #putUse
  readonly #deleteUse
  readonly #bury
  /** Of the transaction that runs, by project. */
  readonly #additions = new Map<number, Additions>()

  constructor(sqlite: BetterSqlite3.Database, { rollUps, turnMarks, changeLog }: TurnWriters) {
    this.#facts = new TurnFactsStatements(sqlite)
    this.#rollUps = rollUps
    this.#marks = turnMarks
    this.#changeLog = changeLog
    this.#pending = sqlite.prepare<[number], PendingRow>(
      'select * from pending_turn order by row_id limit ?',
    )
    this.#pendingOfSession = sqlite.prepare<[number, string], PendingRow>(
      'select * from pending_turn where project_id = ? and session_id = ?',
    )
    this.#settle = sqlite.prepare<[number]>('delete from pending_turn where row_id = ?')
    const ofTurn = 'project_id = ? and session_id = ? and prompt_id = ?'
    this.#turn = sqlite.prepare<[number, string, string], StoredTurn>(
      `select row_id, ${TURN_COLUMNS.join(', ')} from turn where ${ofTurn}`,
    )
    const selectUse = `select row_id, ${USE_COLUMNS.map(quoted).join(', ')} from skill_use`
    this.#usesOfTurn = sqlite.prepare<[number, string, string], StoredUse>(`${selectUse} where ${ofTurn}`)
    this.#use = sqlite.prepare<[number, string], StoredUse>(
      `${selectUse} where project_id = ? and use_id = ?`,
    )
    this.#before = sqlite.prepare<[number, string, number, string, string], TurnKey>(
      `select session_id, prompt_id from turn
        where project_id = ? and session_id = ? and (began_at_ms, prompt_id) < (?, ?) and prompt_id <> ?
        order by began_at_ms desc, prompt_id desc limit 1`,
    )
    const turnKey = ['session_id', 'prompt_id'] as const
    this.#putTurn = sqlite
      .prepare<unknown[], number>(upsert('turn', turnKey, [...turnKey, ...TURN_COLUMNS]))
      .pluck()
    this.#deleteTurn = sqlite.prepare<[number]>('delete from turn where row_id = ?')
    this.#putUse = sqlite.prepare<unknown[], number>(upsert('skill_use', ['use_id'], USE_COLUMNS)).pluck()
    this.#bury = sqlite.prepare<[number, number, string]>(
      'insert into skill_use_tombstone (row_id, project_id, use_id) values (?, ?, ?)',
    )
    this.#deleteUse = sqlite.prepare<[number]>('delete from skill_use where row_id = ?')
  }

  async pending(limit: number) {
    return this.#pending.all(limit).map(toPending)
  }

  async pendingOfSession(projectId: number, sessionId: string) {
    return this.#pendingOfSession.all(projectId, sessionId).map(toPending)
  }

  async settle(pending: readonly PendingTurn[]): Promise<void> {
    for (const { row_id } of pending) this.#settle.run(row_id)
  }

  async turnFacts(projectId: number, key: TurnKey) {
    return this.#facts.ofTurn(projectId, key)
  }

  async callTree(projectId: number, invocationId: string) {
    return this.#facts.callTree(projectId, invocationId)
  }

  async storedTurn(projectId: number, { session_id, prompt_id }: TurnKey) {
    return this.#turn.get(projectId, session_id, prompt_id)
  }

  async usesOfTurn(projectId: number, { session_id, prompt_id }: TurnKey) {
    return this.#usesOfTurn.all(projectId, session_id, prompt_id)
  }

  async uses(projectId: number, useIds: readonly string[]) {
    return useIds.flatMap((id) => this.#use.get(projectId, id) ?? [])
  }

  async turnBefore(projectId: number, { session_id, prompt_id }: TurnKey, beganAtMs: number) {
    return this.#before.get(projectId, session_id, beganAtMs, prompt_id, prompt_id)
  }

  async addingUp<T>(derive: () => Promise<T>): Promise<T> {
    this.#additions.clear()
    const result = await derive()
    for (const [projectId, { deltas, changes }] of this.#additions) {
      // The roll-ups of uses keep all hours, so they need no clock.
      this.#rollUps.apply(projectId, deltas, 0)
      this.#changeLog.append(projectId, changes)
    }
    return result
  }

  async apply(projectId: number, plan: TurnPlan): Promise<void> {
    const additions = this.#additions.get(projectId) ?? { deltas: emptyDeltas(USE_ROLL_UPS), changes: [] }
    this.#additions.set(projectId, additions)
    for (const change of plan.uses) this.#applyUse(projectId, change, additions)
    for (const change of plan.turns) this.#applyTurn(projectId, change, additions)
    this.#marks.add(projectId, plan.marks)
  }

  #applyTurn(
    projectId: number,
    { key: { session_id, prompt_id }, before, after }: TurnPlan['turns'][number],
    { changes }: Additions,
  ): void {
    if (isSame(TURN_COLUMNS, before, after)) return
    if (after === undefined) {
      this.#deleteTurn.run(before!.row_id)
      changes.push({ entity: 'turn', op: 'delete', row_id: before!.row_id })
      return
    }
    const values = TURN_COLUMNS.map((column) => after[column])
    const row_id = this.#putTurn.get(projectId, session_id, prompt_id, ...values)!
    changes.push({ entity: 'turn', op: before === undefined ? 'insert' : 'update', row_id })
  }

  #applyUse(
    projectId: number,
    { before, after }: TurnPlan['uses'][number],
    { deltas, changes }: Additions,
  ): void {
    if (isSame(USE_COLUMNS, before, after)) return
    for (const part of before ? partsOf(before) : []) addRowChange(deltas, part, undefined)
    for (const part of after ? partsOf(after) : []) addRowChange(deltas, undefined, part)
    if (after === undefined) {
      this.#bury.run(before!.row_id, projectId, before!.use_id)
      this.#deleteUse.run(before!.row_id)
      changes.push({ entity: 'use', op: 'delete', row_id: before!.row_id })
      return
    }
    const row_id = this.#putUse.get(projectId, ...USE_COLUMNS.map((column) => after[column]))!
    changes.push({ entity: 'use', op: before === undefined ? 'insert' : 'update', row_id })
  }
}

function isSame<Row>(columns: readonly (keyof Row)[], a: Row | undefined, b: Row | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return columns.every((column) => a![column] === b![column])
}

interface PendingRow {
  readonly row_id: number
  readonly project_id: number
  readonly session_id: string
  readonly prompt_id: string
  readonly invocation_id: string
}

function toPending({ row_id, project_id, session_id, prompt_id, invocation_id }: PendingRow): PendingTurn {
  const mark = invocation_id === '' ? { session_id, prompt_id } : { invocation_id }
  return { row_id, project_id, mark }
}

function upsert(table: string, key: readonly string[], columns: readonly string[]): string {
  const sets = columns
    .filter((column) => !key.includes(column))
    .map((column) => `${quoted(column)} = excluded.${quoted(column)}`)
  return `insert into ${table} (project_id, ${columns.map(quoted).join(', ')})
    values (${['', ...columns].map(() => '?').join(', ')})
    on conflict (project_id, ${key.join(', ')}) do update set ${sets.join(', ')} returning row_id`
}

/** `trigger` is a word of SQL. */
function quoted(column: string): string {
  return `"${column}"`
}
