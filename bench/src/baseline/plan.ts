import { type Call, durationBucket, planRollUps } from './roll-ups.ts'
import { parametersOf, type Report, type Row, rowWith, type WitnessFields, witnessFields } from './rows.ts'
import { SQL } from './statements.ts'

const PROJECT_ID = 1

/** A call as it is stored so far. */
interface Stored {
  readonly rowId: number
  row: Row
  seriesId: number | null
  countedMs: number | null
  readonly witnesses: Map<string, WitnessFields>
}

/** One call changed by a transaction. */
interface Change {
  readonly stored: Stored
  readonly before: Row | undefined
  readonly after: Row
}

/**
 * Makes the statements of a transaction, with all their parameters, before any of them runs: so the clock of
 * the baseline measures SQL alone. How often each one runs is that of commit 31611d6. The planner must make
 * every transaction of its database, in order, from the empty one on, because it gives out the row ids
 * itself.
 */
export class Planner {
  readonly #stored = new Map<string, Stored>()
  readonly #seriesIds = new Map<string, number>()
  #lastOffset = 0

  /** @throws {RangeError} when a call is reported twice: a transaction writes a row once */
  plan(reports: readonly Report[], nowMs: number): Call[] {
    const ids = new Set(reports.map((report) => report.invocation_id))
    if (ids.size < reports.length) throw new RangeError('a call is reported twice in one transaction')
    const calls: Call[] = [get(SQL.selectLastRowId), get(SQL.selectStoreText, PROJECT_ID)]
    for (const report of reports) calls.push(...this.#load(report))
    const changes: Change[] = []
    for (const report of reports) {
      const change = this.#change(report)
      changes.push(change)
      calls.push(...this.#write(change, report, nowMs))
    }
    calls.push(...correlationOf(changes), ...planRollUps(PROJECT_ID, changes), ...this.#log(changes))
    return calls
  }

  #load({ invocation_id }: Report): Call[] {
    const known = this.#stored.get(invocation_id)
    const select = get(SQL.selectRow, PROJECT_ID, invocation_id)
    return known === undefined ? [select] : [select, all(SQL.selectWitnesses, known.rowId)]
  }

  #change(report: Report): Change {
    const known = this.#stored.get(report.invocation_id)
    const row = rowWith(known?.row, report)
    if (known !== undefined) {
      const before = known.row
      known.row = row
      return { stored: known, before, after: row }
    }
    const stored = {
      rowId: this.#stored.size + 1,
      row,
      seriesId: null,
      countedMs: null,
      witnesses: new Map<string, WitnessFields>(),
    }
    this.#stored.set(report.invocation_id, stored)
    return { stored, before: undefined, after: row }
  }

  #write({ stored, before, after }: Change, report: Report, nowMs: number): Call[] {
    const { rowId, witnesses } = stored
    const witness = report.witness ?? 'sdk'
    const fields = witnessFields(witnesses.get(witness), report)
    witnesses.set(witness, fields)
    const counted = this.#count(stored)
    const values = [...parametersOf(after), stored.seriesId, stored.countedMs]
    const attached = before !== undefined && mayBeActivated(before)
    return [
      ...(attached ? [all(SQL.selectActivationsOfRow, rowId)] : []),
      ...counted,
      before === undefined
        ? run(SQL.insertRow, rowId, PROJECT_ID, report.invocation_id, ...values)
        : run(SQL.updateRow, ...values, rowId),
      run(SQL.upsertWitness, rowId, witness, nowMs, JSON.stringify(fields)),
    ]
  }

  /** Counts a call for Prometheus when it first ends. */
  #count(stored: Stored): Call[] {
    const { kind, skill_name, workflow_phase, outcome, execution_ms } = stored.row
    if (outcome === 'running' || stored.seriesId !== null) return []
    const labels = [PROJECT_ID, kind, skill_name, workflow_phase ?? '', outcome]
    stored.seriesId = this.#seriesId(labels)
    stored.countedMs = execution_ms
    const counters = execution_ms === null ? [1, 0, 0] : [1, 1, execution_ms]
    const series = get(SQL.upsertLiveSeries, ...labels, ...counters, 3)
    if (execution_ms === null) return [series]
    return [series, run(SQL.upsertLiveBucket, stored.seriesId, durationBucket(execution_ms), 1)]
  }

  #seriesId(labels: readonly unknown[]): number {
    const key = labels.join('\0')
    const id = this.#seriesIds.get(key) ?? this.#seriesIds.size + 1
    this.#seriesIds.set(key, id)
    return id
  }

  #log(changes: readonly Change[]): Call[] {
    const inserts = changes.map(({ stored, before }) =>
      run(
        SQL.insertChange,
        PROJECT_ID,
        ++this.#lastOffset,
        before === undefined ? 'insert' : 'update',
        stored.rowId,
      ),
    )
    return [
      get(SQL.selectLastOffset, PROJECT_ID),
      ...inserts,
      run(SQL.updateLastOffset, this.#lastOffset, PROJECT_ID),
    ]
  }
}

/** Commit 31611d6 looked once per session for log records that belong to its calls. */
function correlationOf(changes: readonly Change[]): Call[] {
  const sessionIds = changes
    .filter(({ after }) => mayBeActivated(after))
    .map(({ after }) => after.session_id)
  return [...new Set(sessionIds)].map((id) => all(SQL.selectActivationsOfSession, PROJECT_ID, id))
}

function mayBeActivated({ kind }: Row): boolean {
  return kind === 'skill' || kind === 'command' || kind === 'agent'
}

function run(sql: string, ...parameters: unknown[]): Call {
  return { sql, method: 'run', parameters }
}

function get(sql: string, ...parameters: unknown[]): Call {
  return { sql, method: 'get', parameters }
}

function all(sql: string, ...parameters: unknown[]): Call {
  return { sql, method: 'all', parameters }
}
