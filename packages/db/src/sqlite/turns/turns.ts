import type BetterSqlite3 from 'better-sqlite3'
import type { RollUpWriter } from '../../roll-ups/apply.ts'
import { addRowChange, emptyDeltas } from '../../roll-ups/deltas.ts'
import { partsOf, USE_ROLL_UPS } from '../../roll-ups/uses.ts'
import { TURN_COLUMNS, USE_COLUMNS } from '../../turns/columns.ts'
import type { TurnKey } from '../../turns/marks.ts'
import type { PendingTurn, StoredTurn, StoredUse, TurnPlan, TurnStorage } from '../../turns/storage.ts'
import type { TurnMarkStatements } from '../recording/turn-marks.ts'
import { TurnFactsStatements } from './turn-facts.ts'

/** Turns and uses in SQLite. Every answer is there at once; promises keep the interface free of the engine. */
export class SqliteTurnStorage implements TurnStorage {
  readonly #facts: TurnFactsStatements
  readonly #rollUps: RollUpWriter
  readonly #marks: TurnMarkStatements
  readonly #pending
  readonly #settle
  readonly #turn
  readonly #usesOfTurn
  readonly #use
  readonly #before
  readonly #putTurn
  readonly #deleteTurn
  readonly #putUse
  readonly #deleteUse

  constructor(sqlite: BetterSqlite3.Database, rollUps: RollUpWriter, marks: TurnMarkStatements) {
    this.#facts = new TurnFactsStatements(sqlite)
    this.#rollUps = rollUps
    this.#marks = marks
    this.#pending = sqlite.prepare<[number], PendingRow>(
      'select * from pending_turn order by row_id limit ?',
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
    this.#putTurn = sqlite.prepare<unknown[]>(
      upsert('turn', ['session_id', 'prompt_id'], ['session_id', 'prompt_id', ...TURN_COLUMNS]),
    )
    this.#deleteTurn = sqlite.prepare<[number, string, string]>(`delete from turn where ${ofTurn}`)
    this.#putUse = sqlite.prepare<unknown[]>(upsert('skill_use', ['use_id'], USE_COLUMNS))
    this.#deleteUse = sqlite.prepare<[number]>('delete from skill_use where row_id = ?')
  }

  async pending(limit: number) {
    return this.#pending.all(limit).map(toPending)
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

  async apply(projectId: number, { turns, uses, marks }: TurnPlan): Promise<void> {
    for (const { key, turn } of turns) {
      if (turn === undefined) this.#deleteTurn.run(projectId, key.session_id, key.prompt_id)
      else {
        const values = TURN_COLUMNS.map((column) => turn[column])
        this.#putTurn.run(projectId, key.session_id, key.prompt_id, ...values)
      }
    }
    this.#applyUses(projectId, uses)
    this.#marks.add(projectId, marks)
  }

  #applyUses(projectId: number, uses: TurnPlan['uses']): void {
    const deltas = emptyDeltas(USE_ROLL_UPS)
    for (const { before, after } of uses) {
      if (before && after && USE_COLUMNS.every((column) => before[column] === after[column])) continue
      if (after === undefined) this.#deleteUse.run(before!.row_id)
      else this.#putUse.run(projectId, ...USE_COLUMNS.map((column) => after[column]))
      for (const part of before ? partsOf(before) : []) addRowChange(deltas, part, undefined)
      for (const part of after ? partsOf(after) : []) addRowChange(deltas, undefined, part)
    }
    // The roll-ups of uses keep all hours, so they need no clock.
    this.#rollUps.apply(projectId, deltas, 0)
  }
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
    on conflict (project_id, ${key.join(', ')}) do update set ${sets.join(', ')}`
}

/** `trigger` is a word of SQL. */
function quoted(column: string): string {
  return `"${column}"`
}
