import type BetterSqlite3 from 'better-sqlite3'
import type {
  LiveLabels,
  Neighbourhood,
  ProjectFacts,
  RecordingStorage,
  RecordingTransaction,
  SpanId,
  WritePlan,
} from '../../recording/storage.ts'
import { createRollUpWriter, type RollUpWriter } from '../../roll-ups/apply.ts'
import type { TurnKey } from '../../turns/marks.ts'
import type { TurnStorage } from '../../turns/storage.ts'
import { FindingStatements } from '../findings/findings.ts'
import type { Writer } from '../open.ts'
import { SqliteTurnStorage } from '../turns/turns.ts'
import { ChangeLogStatements } from './change-log.ts'
import { InvocationStatements } from './invocations.ts'
import { LiveSeriesStatements } from './live-series.ts'
import { ObservationStatements } from './observations.ts'
import { projectFacts } from './project-facts.ts'
import { PromptStatements } from './prompts.ts'
import { SpanStatements } from './spans.ts'
import { TurnMarkStatements } from './turn-marks.ts'

/**
 * Recording in SQLite. Every answer is there at once, so the promises of the interface are settled: nothing
 * else runs on the connection between the begin of a transaction and its end, as transactions are taken one
 * after the other.
 */
export class SqliteRecordingStorage implements RecordingStorage {
  readonly sqlite: BetterSqlite3.Database
  readonly invocations: InvocationStatements
  readonly observations: ObservationStatements
  readonly spans: SpanStatements
  readonly liveSeries: LiveSeriesStatements
  readonly prompts: PromptStatements
  readonly turnMarks: TurnMarkStatements
  readonly changeLog: ChangeLogStatements
  readonly findings: FindingStatements
  readonly rollUps: RollUpWriter
  readonly turns: SqliteTurnStorage
  readonly #writer: Writer
  readonly #trx: RecordingTransaction
  #last: Promise<unknown> = Promise.resolve()

  constructor(writer: Writer) {
    const { sqlite } = writer
    this.#writer = writer
    this.sqlite = sqlite
    this.observations = new ObservationStatements(sqlite)
    this.invocations = new InvocationStatements(sqlite, this.observations.ofRow)
    this.spans = new SpanStatements(sqlite)
    this.liveSeries = new LiveSeriesStatements(sqlite)
    this.prompts = new PromptStatements(sqlite)
    this.turnMarks = new TurnMarkStatements(sqlite)
    this.changeLog = new ChangeLogStatements(sqlite)
    this.findings = new FindingStatements(sqlite)
    this.rollUps = createRollUpWriter(sqlite)
    this.turns = new SqliteTurnStorage(sqlite, this)
    this.#trx = new SqliteRecordingTransaction(this, writer)
  }

  transaction<T>(run: (trx: RecordingTransaction) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#run(run))
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Runs a transaction of plain statements between those of recording. */
  immediate<T>(run: () => T): T {
    return this.#writer.sqlite.transaction(run).immediate()
  }

  async #run<T>(run: (trx: RecordingTransaction) => Promise<T>): Promise<T> {
    this.sqlite.exec('begin immediate')
    try {
      const result = await run(this.#trx)
      this.sqlite.exec('commit')
      return result
    } catch (error) {
      if (this.sqlite.inTransaction) this.sqlite.exec('rollback')
      this.liveSeries.clear()
      throw error
    }
  }
}

class SqliteRecordingTransaction implements RecordingTransaction {
  readonly #storage: SqliteRecordingStorage
  readonly #writer: Writer
  readonly #sessionEnd
  readonly #upsertSessionEnd

  constructor(storage: SqliteRecordingStorage, writer: Writer) {
    this.#storage = storage
    this.#writer = writer
    this.#sessionEnd = writer.sqlite
      .prepare<[number, string], number>(
        'select ended_at_ms from session_end where project_id = ? and session_id = ?',
      )
      .pluck()
    this.#upsertSessionEnd = writer.sqlite.prepare<[number, string, number]>(
      'insert or replace into session_end (project_id, session_id, ended_at_ms) values (?, ?, ?)',
    )
  }

  async project(projectId: number): Promise<ProjectFacts> {
    return projectFacts(this.#writer, projectId)
  }

  async invocations(projectId: number, invocationIds: readonly string[]) {
    return invocationIds.flatMap((id) => this.#storage.invocations.byId(projectId, id) ?? [])
  }

  async callsAround(projectId: number, place: Neighbourhood) {
    return this.#storage.invocations.around(projectId, place)
  }

  async runningInvocations(projectId: number, sessionId: string) {
    return this.#storage.invocations.running(projectId, sessionId)
  }

  async invocationsEndedAt(projectId: number, sessionId: string, endedAtMs: number) {
    return this.#storage.invocations.endedAt(projectId, sessionId, endedAtMs)
  }

  async sessionEnds(projectId: number, sessionIds: readonly string[]) {
    const ends = new Map<string, number>()
    for (const id of sessionIds) {
      const endedAtMs = this.#sessionEnd.get(projectId, id)
      if (endedAtMs !== undefined) ends.set(id, endedAtMs)
    }
    return ends
  }

  get turns(): TurnStorage {
    return this.#storage.turns
  }

  async prompts(projectId: number, keys: readonly TurnKey[]) {
    return keys.flatMap((key) => this.#storage.prompts.byKey(projectId, key) ?? [])
  }

  async observations(projectId: number, observationIds: readonly string[]) {
    return observationIds.flatMap((id) => this.#storage.observations.byId(projectId, id) ?? [])
  }

  async observationsAround(projectId: number, place: Neighbourhood) {
    return this.#storage.observations.around(projectId, place)
  }

  hasObservations(): boolean {
    return this.#storage.observations.hasAny
  }

  hasSpans(): boolean {
    return this.#storage.spans.hasAny
  }

  async spans(projectId: number, ids: readonly SpanId[]) {
    return this.#storage.spans.byIds(projectId, ids)
  }

  async spansInside(projectId: number, parent: SpanId, afterSpanId: string, limit: number) {
    return this.#storage.spans.inside(projectId, parent, afterSpanId, limit)
  }

  async spansOfInvocations(projectId: number, invocationIds: readonly string[]) {
    return this.#storage.spans.ofInvocations(projectId, invocationIds)
  }

  async cascades(projectId: number, limit: number) {
    return this.#storage.spans.cascades(projectId, limit)
  }

  async liveSeries(projectId: number, labels: readonly LiveLabels[]) {
    return labels.map((each) => this.#storage.liveSeries.idOf(projectId, each))
  }

  async reserveRowIds(count: number): Promise<number> {
    return count === 0 ? 0 : this.#storage.invocations.nextRowId()
  }

  async apply(projectId: number, plan: WritePlan, nowMs: number): Promise<void> {
    const { invocations, observations, spans, rollUps, changeLog } = this.#storage
    spans.forget(nowMs)
    invocations.apply(projectId, plan)
    observations.apply(projectId, plan)
    for (const [id, endedAtMs] of plan.sessionEnds) this.#upsertSessionEnd.run(projectId, id, endedAtMs)
    spans.apply(projectId, plan, nowMs)
    for (const prompt of plan.prompts) this.#storage.prompts.put(projectId, prompt)
    this.#storage.turnMarks.add(projectId, plan.turns)
    rollUps.apply(projectId, plan.deltas, nowMs)
    changeLog.append(projectId, plan.changes)
  }
}
