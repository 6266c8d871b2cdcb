import type { Kind, UncorrelatedObservationTable } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { Selectable } from 'kysely'
import type {
  Correlation,
  CorrelationView,
  Neighbourhood,
  UncorrelatedObservation,
  WritePlan,
} from '../../recording/storage.ts'

type ObservationRow = Selectable<UncorrelatedObservationTable>
type RowWithCall = ObservationRow & { call_id: string | null }

/** An observation with the id of its row, which names its call where that is another one than its own. */
const SELECT = `select o.*, i.invocation_id as call_id
  from uncorrelated_observation o left join skill_invocation i on i.row_id = o.row_id`

/** The SQL of uncorrelated observations, prepared once. */
export class ObservationStatements {
  readonly #byId
  readonly #byRow
  readonly #before
  readonly #after
  readonly #upsert
  readonly #deleteOfRow
  /** This process is the only one that writes, so it knows whether there are any. */
  #hasAny: boolean

  constructor(sqlite: BetterSqlite3.Database) {
    const around = `${SELECT} where o.project_id = ? and o.session_id = ? and o.call_kind = ?`
    this.#byId = sqlite.prepare<[number, string], RowWithCall>(
      `${SELECT} where o.project_id = ? and o.observation_id = ?`,
    )
    this.#byRow = sqlite.prepare<[number], RowWithCall>(`${SELECT} where o.row_id = ?`)
    this.#before = sqlite.prepare<[number, string, string, number, number], RowWithCall>(
      `${around} and o.began_at_ms <= ? order by o.began_at_ms desc limit ?`,
    )
    this.#after = sqlite.prepare<[number, string, string, number, number], RowWithCall>(
      `${around} and o.began_at_ms > ? order by o.began_at_ms limit ?`,
    )
    this.#upsert = sqlite.prepare<unknown[]>(
      `insert or replace into uncorrelated_observation (project_id, observation_id, session_id, witness,
        received_at_ms, fields, row_id, call_kind, skill_name, prompt_id, began_at_ms, ended_at_ms,
        correlation)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#deleteOfRow = sqlite.prepare<[number]>('delete from uncorrelated_observation where row_id = ?')
    this.#hasAny = sqlite.prepare('select 1 from uncorrelated_observation limit 1').get() !== undefined
  }

  get hasAny(): boolean {
    return this.#hasAny
  }

  byId(projectId: number, observationId: string): UncorrelatedObservation | undefined {
    const row = this.#hasAny ? this.#byId.get(projectId, observationId) : undefined
    return row && toObservation(row)
  }

  readonly ofRow = (rowId: number): UncorrelatedObservation | undefined => {
    const row = this.#hasAny ? this.#byRow.get(rowId) : undefined
    return row && toObservation(row)
  }

  around(projectId: number, { session_id, kind, at_ms, limit }: Neighbourhood): UncorrelatedObservation[] {
    if (!this.#hasAny) return []
    return [
      ...this.#before.all(projectId, session_id, kind, at_ms, limit),
      ...this.#after.all(projectId, session_id, kind, at_ms, limit),
    ].map(toObservation)
  }

  apply(projectId: number, { observations }: WritePlan): void {
    for (const { row_id, observation } of observations) {
      const { observationId, record, view, correlation } = observation
      this.#hasAny = true
      this.#upsert.run([
        projectId,
        observationId,
        record.fields.session_id,
        record.witness,
        record.received_at_ms,
        JSON.stringify(record.fields),
        row_id,
        view?.kind ?? null,
        record.fields.skill_name ?? null,
        view?.prompt_id ?? null,
        view?.began_at_ms ?? null,
        view?.ended_at_ms ?? null,
        correlation === undefined ? null : JSON.stringify(correlation.nearness),
      ])
    }
  }

  /** @returns how many were deleted */
  deleteOfRow(rowId: number): number {
    return this.#deleteOfRow.run(rowId).changes
  }
}

function toObservation(row: RowWithCall): UncorrelatedObservation {
  const { observation_id: observationId, witness, received_at_ms, fields } = row
  return {
    observationId,
    record: { witness, received_at_ms, fields: JSON.parse(fields) },
    view: toView(row),
    correlation: toCorrelation(row),
  }
}

function toView(row: RowWithCall): CorrelationView | undefined {
  if (row.call_kind === null) return undefined
  return {
    kind: row.call_kind as Kind,
    skill_name: row.skill_name!,
    session_id: row.session_id,
    prompt_id: row.prompt_id ?? undefined,
    began_at_ms: row.began_at_ms!,
    ended_at_ms: row.ended_at_ms ?? undefined,
  }
}

/**
 * Correlations of before migration 9 carry no nearness: the farthest, so that it is computed when it
 * matters.
 */
function toCorrelation({ observation_id, call_id, correlation }: RowWithCall): Correlation | undefined {
  if (call_id === null || (call_id === observation_id && correlation === null)) return undefined
  return { invocationId: call_id, nearness: correlation === null ? FARTHEST : JSON.parse(correlation) }
}

const FARTHEST: Correlation['nearness'] = [1, 1, 1, Number.MAX_SAFE_INTEGER]
