import type { ObservedFields } from '@skillwatch/schema'
import { type FindParent, hasOwnId, inheritedFields, isOfCall } from '../correlate/span-tree.ts'
import type { StoredSpan } from '../storage.ts'
import type { WitnessRecord } from '../witness-record.ts'
import { combineFields } from './merge.ts'

/** A stored span with what was received of it now; undefined when that adds nothing. */
export function mergeSpan(known: StoredSpan | undefined, next: StoredSpan): StoredSpan | undefined {
  const fields = combineFields(known?.fields ?? {}, next.fields)
  if (known === undefined) return { ...next, fields }
  const merged: StoredSpan = {
    ...known,
    parent_span_id: greater(known.parent_span_id, next.parent_span_id),
    role: mergeRoles(known.role, next.role),
    own_id: hasOwnId(known) ? known.own_id : next.own_id,
    tool_name: greater(known.tool_name, next.tool_name),
    is_session_of_process: known.is_session_of_process && next.is_session_of_process,
    fields,
  }
  return JSON.stringify(merged) === JSON.stringify(known) ? undefined : merged
}

/** A span that was sent before it ended may not have shown its role yet. */
function mergeRoles(a: StoredSpan['role'], b: StoredSpan['role']): StoredSpan['role'] {
  if (a === 'context') return b
  return b === 'context' ? a : greater(a, b)
}

/**
 * What all spans of one call report, as one record: the representative span names the call, the others add
 * what they measured. Undefined when it has no span.
 */
export function spanRecord(
  invocationId: string,
  spans: readonly StoredSpan[],
  parentOf: FindParent,
): WitnessRecord | undefined {
  if (spans.length === 0) return undefined
  return {
    witness: 'otel_span',
    received_at_ms: spans.reduce(
      (least, span) => Math.min(least, span.received_at_ms),
      Number.POSITIVE_INFINITY,
    ),
    fields: fieldsOfSpans(invocationId, spans, parentOf),
  }
}

function fieldsOfSpans(
  invocationId: string,
  spans: readonly StoredSpan[],
  parentOf: FindParent,
): ObservedFields {
  const [representative, inner] = partition(spans, (span) => isOfCall(span, invocationId, parentOf))
  const named = representative.map((span) => inheritedFields(span, parentOf)).reduce(combineFields, {})
  const all: ObservedFields = inner.map(({ fields }) => withoutNames(fields)).reduce(combineFields, named)
  // The representative span's own attributes are kept before those of inner spans.
  if (all.attributes && named.attributes) all.attributes = { ...all.attributes, ...named.attributes }
  if (named.kind === 'tool' && inner.some(({ role }) => role === 'mcp_call')) all.kind = 'mcp'
  return combineFields({}, all)
}

function partition<T>(all: readonly T[], holds: (each: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((each) => !holds(each))]
}

function withoutNames(fields: ObservedFields): ObservedFields {
  const { kind: _kind, skill_name: _name, session_id: _session, agent_name: _agent, ...rest } = fields
  return rest
}

function greater<T extends string | null>(a: T, b: T): T {
  if (a === null || b === null) return a ?? b
  return a >= b ? a : b
}
