import type { OtelSpanTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'
import type { Writer } from '../sqlite/open.ts'
import { prepareSlotted, slot } from '../sqlite/statements.ts'
import type { StoredSpan } from './span-tree.ts'

type SpanRow = Selectable<OtelSpanTable>

const COLUMNS = [
  'project_id',
  'trace_id',
  'span_id',
  'parent_span_id',
  'role',
  'own_id',
  'tool_name',
  'session_id',
  'is_session_of_process',
  'invocation_id',
  'received_at_ms',
  'fields',
  'expires_at_ms',
] as const satisfies (keyof SpanRow)[]

/** Calls whose session is not told yet, and what is around them, wait this long: a span is sent when it ends, agents run for hours. */
const WAIT_MS = 24 * 3_600_000
/** Spans that only hold others together come within a few seconds of them. */
const LINK_WAIT_MS = 10 * 60_000
/** Most spans that one transaction forgets. */
const FORGET_MAX = 2_000

/** Reads and writes spans with statements that were prepared once; within a transaction each is read once. */
export function createSpanStore({ sqlite, db }: Writer) {
  const select = db.selectFrom('otel_span').selectAll()
  const bySpan = sqlite.prepare<[number, string, string], SpanRow>(
    select
      .where('project_id', '=', slot<number>('project_id'))
      .where('trace_id', '=', slot<string>('trace_id'))
      .where('span_id', '=', slot<string>('span_id'))
      .compile().sql,
  )
  const byParent = sqlite.prepare<[number, string, string], SpanRow>(
    select
      .where('project_id', '=', slot<number>('project_id'))
      .where('trace_id', '=', slot<string>('trace_id'))
      .where('parent_span_id', '=', slot<string>('parent_span_id'))
      .compile().sql,
  )
  const byInvocation = sqlite.prepare<[number, string], SpanRow>(
    select
      .where('project_id', '=', slot<number>('project_id'))
      .where('invocation_id', '=', slot<string>('invocation_id'))
      .compile().sql,
  )
  const replace = prepareSlotted(
    sqlite,
    db
      .replaceInto('otel_span')
      .values(Object.fromEntries(COLUMNS.map((column) => [column, slot(column)])) as never)
      .compile(),
  )
  const assignCall = sqlite.prepare<[string | null, number, string, string]>(
    'update otel_span set invocation_id = ? where project_id = ? and trace_id = ? and span_id = ?',
  )
  /** All spans of a trace are kept or none. */
  const anyOfTrace = sqlite.prepare<[number, string], Pick<SpanRow, 'expires_at_ms'>>(
    'select expires_at_ms from otel_span where project_id = ? and trace_id = ? limit 1',
  )
  const keep = sqlite.prepare<[number, string]>(
    'update otel_span set expires_at_ms = null where project_id = ? and trace_id = ? and expires_at_ms is not null',
  )
  const forget = sqlite.prepare<[number, number]>(
    `delete from otel_span where (project_id, trace_id, span_id) in (
      select project_id, trace_id, span_id from otel_span where expires_at_ms < ? order by expires_at_ms limit ?)`,
  )

  /** Who has no traces pays nothing for them: this process is the only one that writes. */
  let hasSpans = sqlite.prepare('select 1 from otel_span limit 1').get() !== undefined
  const known = new Map<string, StoredSpan | undefined>()
  const keyOf = (projectId: number, traceId: string, spanId: string) => `${projectId} ${traceId} ${spanId}`

  function remembered(row: SpanRow): StoredSpan {
    const key = keyOf(row.project_id, row.trace_id, row.span_id)
    const span = known.get(key) ?? toSpan(row)
    known.set(key, span)
    return span
  }

  function find(projectId: number, traceId: string, spanId: string): StoredSpan | undefined {
    const key = keyOf(projectId, traceId, spanId)
    if (known.has(key)) return known.get(key)
    const row = bySpan.get(projectId, traceId, spanId)
    if (row !== undefined) return remembered(row)
    known.set(key, undefined)
    return undefined
  }

  return {
    /** Starts a transaction, and forgets what has waited in vain. */
    begin(nowMs: number): void {
      known.clear()
      if (hasSpans) forget.run(nowMs, FORGET_MAX)
    },
    find,
    parentOf(projectId: number, { trace_id, parent_span_id }: StoredSpan): StoredSpan | undefined {
      return parent_span_id === null ? undefined : find(projectId, trace_id, parent_span_id)
    },
    inside(projectId: number, { trace_id, span_id }: StoredSpan): StoredSpan[] {
      return byParent.all(projectId, trace_id, span_id).map(remembered)
    },
    ofInvocation(projectId: number, invocationId: string): StoredSpan[] {
      return hasSpans ? byInvocation.all(projectId, invocationId).map(remembered) : []
    },
    save(projectId: number, span: StoredSpan, nowMs: number): void {
      hasSpans = true
      const { trace_id, span_id, fields } = span
      const any = anyOfTrace.get(projectId, trace_id)
      const isKept = any !== undefined && any.expires_at_ms === null
      const isLink = span.role === 'context' && Object.keys(fields).length === 0
      replace.run({
        ...span,
        project_id: projectId,
        session_id: fields.session_id ?? null,
        fields: JSON.stringify(fields),
        expires_at_ms: isKept ? null : nowMs + (isLink ? LINK_WAIT_MS : WAIT_MS),
      })
      known.set(keyOf(projectId, trace_id, span_id), span)
    },
    /** Notes which call a span tells of; null when it tells of none. */
    assign(projectId: number, span: StoredSpan, invocationId: string | null): void {
      assignCall.run(invocationId, projectId, span.trace_id, span.span_id)
      known.set(keyOf(projectId, span.trace_id, span.span_id), { ...span, invocation_id: invocationId })
    },
    /** Keeps a trace, as one of its calls is recorded. */
    keepTrace(projectId: number, traceId: string): void {
      if (anyOfTrace.get(projectId, traceId)?.expires_at_ms !== null) keep.run(projectId, traceId)
    },
  }
}

export type SpanStore = ReturnType<typeof createSpanStore>

function toSpan({
  project_id: _,
  session_id: __,
  expires_at_ms: ___,
  fields,
  ...span
}: SpanRow): StoredSpan {
  return { ...span, fields: JSON.parse(fields) }
}
