import type { OtelSpanTable, SpanCascadeTable } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { Selectable } from 'kysely'
import type { SpanCascade, SpanId, StoredSpan, WritePlan } from '../../recording/storage.ts'

type SpanRow = Selectable<OtelSpanTable>

/**
 * Spans of calls whose session is not known wait so long: a span is sent when it ends, and agents run for
 * hours.
 */
const WAIT_MS = 24 * 3_600_000
/** Spans that only connect others arrive within a few seconds of them. */
const LINK_WAIT_MS = 10 * 60_000
/** Most spans that one transaction forgets. */
const FORGET_MAX = 2_000

/** The SQL of spans, prepared once. */
export class SpanStatements {
  readonly #byId
  readonly #inside
  readonly #byInvocation
  readonly #replace
  readonly #anyOfTrace
  readonly #keep
  readonly #forget
  readonly #cascades
  readonly #upsertCascade
  readonly #deleteCascade
  readonly #projectsWithCascades
  /** This process is the only one that writes, so it knows whether there are any. */
  #hasAny: boolean

  constructor(sqlite: BetterSqlite3.Database) {
    const select = 'select * from otel_span where project_id = ?'
    this.#byId = sqlite.prepare<[number, string, string], SpanRow>(
      `${select} and trace_id = ? and span_id = ?`,
    )
    this.#inside = sqlite.prepare<[number, string, string, string, number], SpanRow>(
      `${select} and trace_id = ? and parent_span_id = ? and span_id > ? order by span_id limit ?`,
    )
    this.#byInvocation = sqlite.prepare<[number, string], SpanRow>(`${select} and invocation_id = ?`)
    this.#replace = sqlite.prepare<unknown[]>(
      `insert or replace into otel_span (project_id, trace_id, span_id, parent_span_id, role, own_id,
        tool_name,
        session_id, is_session_of_process, invocation_id, received_at_ms, fields, expires_at_ms, inherited)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    // All spans of a trace are kept, or none.
    this.#anyOfTrace = sqlite.prepare<[number, string], Pick<SpanRow, 'expires_at_ms'>>(
      'select expires_at_ms from otel_span where project_id = ? and trace_id = ? limit 1',
    )
    this.#keep = sqlite.prepare<[number, string]>(
      `update otel_span set expires_at_ms = null
      where project_id = ? and trace_id = ? and expires_at_ms is not null`,
    )
    this.#forget = sqlite.prepare<[number, number]>(
      `delete from otel_span where (project_id, trace_id, span_id) in (
        select project_id, trace_id, span_id from otel_span
        where expires_at_ms < ? order by expires_at_ms limit ?)`,
    )
    this.#cascades = sqlite.prepare<[number, number], Selectable<SpanCascadeTable>>(
      'select * from span_cascade where project_id = ? limit ?',
    )
    this.#upsertCascade = sqlite.prepare<[number, string, string, string]>(
      `insert into span_cascade (project_id, trace_id, span_id, after_span_id) values (?, ?, ?, ?)
      on conflict (project_id, trace_id, span_id)
      do update set after_span_id = min(after_span_id, excluded.after_span_id)`,
    )
    this.#deleteCascade = sqlite.prepare<[number, string, string]>(
      'delete from span_cascade where project_id = ? and trace_id = ? and span_id = ?',
    )
    this.#projectsWithCascades = sqlite
      .prepare<[], number>('select distinct project_id from span_cascade')
      .pluck()
    this.#hasAny = sqlite.prepare('select 1 from otel_span limit 1').get() !== undefined
  }

  get hasAny(): boolean {
    return this.#hasAny
  }

  /** Forgets what has waited in vain. */
  forget(nowMs: number): void {
    if (this.#hasAny) this.#forget.run(nowMs, FORGET_MAX)
  }

  byIds(projectId: number, ids: readonly SpanId[]): StoredSpan[] {
    return ids.flatMap(({ trace_id, span_id }) => {
      const row = this.#byId.get(projectId, trace_id, span_id)
      return row === undefined ? [] : toSpan(row)
    })
  }

  inside(
    projectId: number,
    { trace_id, span_id }: SpanId,
    afterSpanId: string,
    limit: number,
  ): StoredSpan[] {
    return this.#inside.all(projectId, trace_id, span_id, afterSpanId, limit).map(toSpan)
  }

  ofInvocations(projectId: number, invocationIds: readonly string[]): StoredSpan[] {
    return invocationIds.flatMap((id) => this.#byInvocation.all(projectId, id).map(toSpan))
  }

  cascades(projectId: number, limit: number): SpanCascade[] {
    return this.#cascades.all(projectId, limit).map(({ project_id: _, ...cascade }) => cascade)
  }

  /** Projects in which the correlation of a large trace is not finished. */
  projectsWithCascades(): number[] {
    return this.#hasAny ? this.#projectsWithCascades.all() : []
  }

  apply(projectId: number, plan: WritePlan, nowMs: number): void {
    for (const span of plan.spans) this.#save(projectId, span, nowMs)
    for (const traceId of plan.keptTraces) {
      if (this.#anyOfTrace.get(projectId, traceId)?.expires_at_ms !== null)
        this.#keep.run(projectId, traceId)
    }
    for (const { trace_id, span_id } of plan.doneCascades)
      this.#deleteCascade.run(projectId, trace_id, span_id)
    for (const { trace_id, span_id, after_span_id } of plan.cascades) {
      this.#upsertCascade.run(projectId, trace_id, span_id, after_span_id)
    }
  }

  #save(projectId: number, span: StoredSpan, nowMs: number): void {
    this.#hasAny = true
    const { fields } = span
    const any = this.#anyOfTrace.get(projectId, span.trace_id)
    const isKept = any !== undefined && any.expires_at_ms === null
    const isLink = span.role === 'context' && Object.keys(fields).length === 0
    this.#replace.run([
      projectId,
      span.trace_id,
      span.span_id,
      span.parent_span_id,
      span.role,
      span.own_id,
      span.tool_name,
      fields.session_id ?? null,
      span.is_session_of_process,
      span.invocation_id,
      span.received_at_ms,
      JSON.stringify(fields),
      isKept ? null : nowMs + (isLink ? LINK_WAIT_MS : WAIT_MS),
      span.inherited,
    ])
  }
}

function toSpan({
  project_id: _,
  session_id: __,
  expires_at_ms: ___,
  fields,
  ...span
}: SpanRow): StoredSpan {
  return { ...span, fields: JSON.parse(fields) }
}
