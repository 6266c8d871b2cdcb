import { hashOfProject } from '../../projects.ts'
import type { LogEntry } from '../../recording/storage.ts'
import { ROLL_UPS } from '../../roll-ups/declarations.ts'
import { addInvocationChange, emptyDeltas } from '../../roll-ups/deltas.ts'
import { marksOf, type TurnAt, type TurnMark } from '../../turns/marks.ts'
import type { Writer } from '../open.ts'
import { ApiRequestDeletion, marksOfRequest } from './delete-api-requests.ts'
import { BaselineDeletion } from './delete-baselines.ts'
import { ExperimentDeletion } from './delete-experiments.ts'
import { FindingDeletion } from './delete-findings.ts'
import { PromptDeletion } from './delete-prompts.ts'
import { RestDeletion } from './delete-rest.ts'
import { SeriesDeletion } from './delete-series.ts'
import { SkillFactsDeletion } from './delete-skill-facts.ts'
import { SpanDeletion } from './delete-spans.ts'
import { InvocationSelection } from './select-invocations.ts'
import { type DeletionSelector, type StoredSelector, toStoredSelector } from './selector.ts'
import type { SqliteRecordingStorage } from './storage.ts'

/** What one bounded step of a deletion removed. */
export interface DeletionStep {
  readonly invocations: number
  readonly uncorrelated_observations: number
  readonly api_requests: number
  readonly experiment_assignments: number
  readonly experiment_outcomes: number
  /** Whether nothing of it is left. */
  readonly isLast: boolean
  /** Offsets of its `delete` changes. */
  readonly offsets: { readonly first: number; readonly last: number } | undefined
}

/** The same, with the turns and uses that are to be derived without what was removed. */
export type MarkedDeletionStep = DeletionStep & { readonly marks: readonly TurnMark[] }

/**
 * Deletes at most `limit` invocations, requests to models and prompts, in one transaction: rows with their
 * witness records, their part of every roll-up, and for each a `delete` change (R6, R10). Findings about a
 * skill, and its baseline, are deleted with its last call. Counters for Prometheus keep their value and note
 * how much of it was deleted; the series of a deleted skill, which carry its name, are deleted or retired.
 */
export class Deletion {
  readonly #writer: Writer
  readonly #storage: SqliteRecordingStorage
  readonly #invocations: InvocationSelection
  readonly #spans: SpanDeletion
  readonly #series: SeriesDeletion
  readonly #apiRequests: ApiRequestDeletion
  readonly #prompts: PromptDeletion
  readonly #findings: FindingDeletion
  readonly #baselines: BaselineDeletion
  readonly #experiments: ExperimentDeletion
  readonly #skillFacts: SkillFactsDeletion
  readonly #rest: RestDeletion
  readonly #forgetAgentCalls
  readonly #forgetSessionEnd
  readonly #endsBefore

  constructor(writer: Writer, storage: SqliteRecordingStorage) {
    this.#writer = writer
    this.#storage = storage
    this.#invocations = new InvocationSelection(writer.sqlite)
    this.#spans = new SpanDeletion(writer.sqlite)
    this.#series = new SeriesDeletion(writer.sqlite)
    this.#apiRequests = new ApiRequestDeletion(writer.sqlite, storage.rollUps)
    this.#prompts = new PromptDeletion(writer.sqlite)
    this.#findings = new FindingDeletion(writer.sqlite, storage.findings)
    this.#experiments = new ExperimentDeletion(writer.sqlite)
    this.#baselines = new BaselineDeletion(writer.sqlite)
    this.#skillFacts = new SkillFactsDeletion(writer.sqlite, (projectId, skill) =>
      storage.findings.hasCalls(projectId, skill),
    )
    this.#rest = new RestDeletion(writer.sqlite)
    this.#endsBefore = writer.sqlite.prepare<[number, number]>(
      'delete from session_end where project_id = ? and ended_at_ms < ?',
    )
    const isGone = `project_id = @project_id and session_id = @session_id and not exists (
      select 1 from session s where s.project_id = @project_id and s.session_id = @session_id)`
    this.#forgetAgentCalls = writer.sqlite.prepare<SessionKey>(`delete from agent_call where ${isGone}`)
    this.#forgetSessionEnd = writer.sqlite.prepare<SessionKey, TurnAt>(
      `delete from session_end where ${isGone} returning session_id, ended_at_ms as at_ms`,
    )
  }

  step(projectId: number, asked: DeletionSelector, limit: number, nowMs: number): MarkedDeletionStep {
    const selector = toStoredSelector(asked, hashOfProject(this.#writer, projectId))
    return this.#storage.immediate(() => this.#step(projectId, selector, limit, nowMs))
  }

  #step(projectId: number, selector: StoredSelector, limit: number, nowMs: number): MarkedDeletionStep {
    const rowIds = this.#invocations.find(projectId, selector, limit)
    const removed = this.#deleteRows(projectId, rowIds, nowMs)
    const areRowsGone = rowIds.length < limit
    const isRestGone = areRowsGone && this.#deleteRest(projectId, selector, limit, nowMs)
    this.#baselines.ofGoneSkills(projectId, removed.rows, selector)
    this.#skillFacts.selected(projectId, removed.rows, selector)
    const ofGoneSkills = this.#findings.ofGoneSkills(projectId, removed.rows)
    const findings = areRowsGone ? this.#findings.selected(projectId, selector, limit) : []
    const sessions = 'session_id' in selector ? [selector.session_id] : removed.sessions
    const ends = this.#forgetSessions(projectId, sessions)
    const requests = areRowsGone ? this.#apiRequests.delete(projectId, selector, limit, nowMs) : []
    const prompts = areRowsGone ? this.#prompts.delete(projectId, selector, limit) : []
    const experiments = this.#experiments.delete(projectId, selector, limit)
    const marks = [...removed.marks, ...ends, ...requests.flatMap(marksOfRequest), ...prompts]
    this.#storage.turnMarks.add(projectId, marks)
    const changes = [...removed.changes, ...ofGoneSkills, ...findings]
    const rowCounts = [requests.length, prompts.length, findings.length, ...Object.values(experiments)]
    return {
      invocations: rowIds.length,
      uncorrelated_observations: removed.observations,
      api_requests: requests.length,
      experiment_assignments: experiments.assignments,
      experiment_outcomes: experiments.outcomes,
      isLast: isRestGone && Math.max(...rowCounts) < limit,
      offsets: this.#storage.changeLog.append(projectId, changes),
      marks,
    }
  }

  #deleteRows(projectId: number, rowIds: readonly number[], nowMs: number) {
    const { invocations, observations, rollUps } = this.#storage
    const deltas = emptyDeltas(ROLL_UPS)
    const rows = rowIds.map((rowId) => invocations.row(rowId)!)
    for (const row of rows) addInvocationChange(deltas, row, undefined)
    const count = rowIds.reduce((sum, rowId) => sum + observations.deleteOfRow(rowId), 0)
    const traceIds = this.#spans.ofInvocations(projectId, rows)
    invocations.delete(projectId, rows)
    this.#spans.tracesWithoutCalls(projectId, traceIds)
    rollUps.apply(projectId, deltas, nowMs)
    return {
      rows,
      observations: count,
      changes: rowIds.map((row_id): LogEntry => ({ entity: 'invocation', row_id, op: 'delete' })),
      sessions: new Set(rows.map((row) => row.session_id)),
      marks: rows.flatMap(marksOf),
    }
  }

  /** What the selector names beside rows. @returns whether nothing of it is left */
  #deleteRest(projectId: number, selector: StoredSelector, limit: number, nowMs: number): boolean {
    this.#spans.selected(projectId, selector)
    if ('before_ms' in selector) this.#endsBefore.run(projectId, selector.before_ms)
    if ('skill_name' in selector) {
      for (const kind of selector.kinds) this.#series.delete(projectId, kind, selector.skill_name)
      this.#storage.liveSeries.clear()
    }
    if (!('everything' in selector)) return true
    this.#series.deleteAll(projectId)
    this.#storage.liveSeries.clear()
    const isGone = this.#rest.delete(projectId, limit)
    if (isGone) this.#skillFacts.seedAgain(projectId, nowMs)
    return isGone
  }

  /** What is kept about a session goes with its last call. @returns the turns in which they ended */
  #forgetSessions(project_id: number, sessionIds: Iterable<string>): TurnAt[] {
    return [...sessionIds].flatMap((session_id) => {
      this.#forgetAgentCalls.run({ project_id, session_id })
      return this.#forgetSessionEnd.all({ project_id, session_id })
    })
  }
}

interface SessionKey {
  readonly project_id: number
  readonly session_id: string
}
