import type { ParsedObservation } from '@skillwatch/schema'
import { combineFields, type WitnessRecord } from './merge.ts'
import { redactShapes } from './redact.ts'
import type { SpanStore } from './span-store.ts'
import {
  type FindParent,
  hasOwnId,
  invocationOfSpan,
  type StoredSpan,
  statementOfSpans,
} from './span-tree.ts'

/** Calls whose spans are no longer the ones they were. */
export interface JoinedSpans {
  readonly invocationIds: ReadonlySet<string>
  /** Which call a call turned out to be part of. */
  readonly movedTo: ReadonlyMap<string, string>
}

/** A span as it is stored with what it states now; undefined when that adds nothing. */
export function withSpan(known: StoredSpan | undefined, next: StoredSpan): StoredSpan | undefined {
  const fields = combineFields(known?.fields ?? {}, next.fields)
  if (known === undefined) return { ...next, fields }
  const merged: StoredSpan = {
    ...known,
    parent_span_id: greater(known.parent_span_id, next.parent_span_id),
    // A span that was sent before it ended may not have said yet what it is.
    role:
      known.role === 'context'
        ? next.role
        : next.role === 'context'
          ? known.role
          : greater(known.role, next.role),
    own_id: hasOwnId(known) ? known.own_id : next.own_id,
    tool_name: greater(known.tool_name, next.tool_name),
    is_session_of_process: known.is_session_of_process && next.is_session_of_process,
    fields,
  }
  return JSON.stringify(merged) === JSON.stringify(known) ? undefined : merged
}

/** What came of a span, in the form in which it is stored. Without a span it stands for the call that it names. */
export function toStoredSpan(
  { span: place }: ParsedObservation,
  ownId: string,
  { fields, received_at_ms }: WitnessRecord,
): StoredSpan {
  const { trace_id = '', span_id = ownId, parent_span_id = null, role = 'call' } = place ?? {}
  const tool_name = place?.tool_name === undefined ? null : redactShapes(place.tool_name)
  const is_session_of_process = place?.is_session_of_process ? 1 : 0
  const own = { own_id: ownId, tool_name, is_session_of_process, fields } as const
  return { trace_id, span_id, parent_span_id, role, ...own, invocation_id: null, received_at_ms }
}

/** Whether a tracer gave the same id to the spans of two calls, which then have nothing to do with each other. */
export function isOfOtherCall(known: StoredSpan | undefined, next: StoredSpan): boolean {
  return known !== undefined && hasOwnId(known) && hasOwnId(next) && known.own_id !== next.own_id
}

/** A span that can stand nowhere but for its own call. */
export function withoutPlace(span: StoredSpan): StoredSpan {
  return { ...span, trace_id: '', span_id: span.own_id, parent_span_id: null }
}

/**
 * Gives spans that came, and all inside them, to their calls anew. Only these can belong elsewhere than before, as a span
 * looks at nothing but those around it.
 */
export function joinSpans(projectId: number, spans: Iterable<StoredSpan>, store: SpanStore): JoinedSpans {
  const parentOf: FindParent = (span) => store.parentOf(projectId, span)
  const invocationIds = new Set<string>()
  const movedTo = new Map<string, string>()
  const visited = new Set<StoredSpan>()
  const waiting = [...spans]
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    if (visited.has(span)) continue
    visited.add(span)
    waiting.push(...store.inside(projectId, span))
  }
  for (const span of visited) {
    const invocation_id = invocationOfSpan(span, parentOf)
    if (invocation_id !== null) invocationIds.add(invocation_id)
    if (invocation_id === span.invocation_id) continue
    if (span.invocation_id !== null) {
      invocationIds.add(span.invocation_id)
      if (invocation_id !== null) movedTo.set(span.invocation_id, invocation_id)
    }
    store.assign(projectId, span, invocation_id)
  }
  return { invocationIds, movedTo }
}

/** What the spans of a call state, as one witness; undefined when there are none (any more). */
export function spanState(
  projectId: number,
  invocationId: string,
  spans: readonly StoredSpan[],
  store: SpanStore,
): WitnessRecord | undefined {
  if (spans.length === 0) return undefined
  return {
    witness: 'otel_span',
    received_at_ms: Math.min(...spans.map((span) => span.received_at_ms)),
    fields: statementOfSpans(invocationId, spans, (span) => store.parentOf(projectId, span)),
  }
}

function greater<T extends string | null>(a: T, b: T): T {
  if (a === null || b === null) return a ?? b
  return a >= b ? a : b
}
