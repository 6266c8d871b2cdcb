import type { ObservedFields } from '@skillwatch/schema'
import { isNameOfMcpTool } from '@skillwatch/schema/claude-code'
import type { SpanId, StoredSpan } from '../storage.ts'

/** The span around another one, if it is known. */
export type FindParent = (span: StoredSpan) => StoredSpan | undefined

/** Deeper than this no agent nests; a circle of parents ends here. */
export const DEPTH_MAX = 64

/**
 * The call that a span belongs to, as far as the spans around it are known. Depends on those alone, not on
 * the order of arrival (R4).
 * @returns null when it belongs to none, or to none that is known yet
 */
export function invocationOfSpan(span: StoredSpan, parentOf: FindParent): string | null {
  if (span.role === 'context') return null
  if (span.role !== 'phase') return representativeOf(span, parentOf).own_id
  const composite = ancestors(span, parentOf).find(({ role }) => role === 'composite_call')
  if (composite !== undefined) return representativeOf(composite, parentOf).own_id
  return hasOwnId(span) ? span.own_id : null
}

/** Whether this is a representative span of the call: one that names it. */
export function isOfCall(span: StoredSpan, invocationId: string, parentOf: FindParent): boolean {
  return isCall(span) && span.own_id === invocationId && representativeOf(span, parentOf) === span
}

/**
 * A span's own fields with what it inherits. The session of a span goes before the session of its process.
 */
export function inheritedFields(span: StoredSpan, parentOf: FindParent): ObservedFields {
  const all = [span, ...ancestors(span, parentOf)]
  const session_id = sessionOf(all)
  const agent_name = agentOf(all)
  const parent_invocation_id = callIdsOf(all, parentOf).find((id) => id !== span.own_id)
  const { session_id: _, ...fields } = span.fields
  return {
    ...fields,
    ...(session_id !== undefined && { session_id }),
    ...(agent_name !== undefined && { agent_name }),
    ...(parent_invocation_id !== undefined && { parent_invocation_id }),
  }
}

/**
 * What spans inside this one inherit through it, as text that can be compared. While it stays the same, none
 * of them needs to be looked at again. Null when it is nothing.
 */
export function inheritedThrough(span: StoredSpan, parentOf: FindParent): string | null {
  const all = [span, ...ancestors(span, parentOf)]
  const call = all.find(isCall)
  const composite = all.find(({ role }) => role === 'composite_call')
  const inherited = {
    session: sessionOf(all),
    has_session_of_span: all.some(
      ({ fields, is_session_of_process: ofProcess }) => fields.session_id && !ofProcess,
    ),
    agent: agentOf(all),
    call: call && [call.tool_name, call.role, representativeOf(call, parentOf).own_id],
    composite: composite && representativeOf(composite, parentOf).own_id,
    // The nearest call and the nearest other one: a span that has the id of the one is inside the other.
    calls: [...new Set(callIdsOf(all, parentOf))].slice(0, 2),
  }
  return JSON.stringify(inherited) === NOTHING_INHERITED ? null : JSON.stringify(inherited)
}

const NOTHING_INHERITED = JSON.stringify({ has_session_of_span: false, calls: [] })

/** The id of a span that carries none of its call. */
export function spanKey({ trace_id, span_id }: SpanId): string {
  return `${trace_id}-${span_id}`
}

/** Whether the span carries the id that the agent gave to the call. */
export function hasOwnId(span: StoredSpan): boolean {
  return span.own_id !== spanKey(span)
}

/** Whether a tracer gave one id to the spans of two calls. */
export function isOfOtherCall(known: StoredSpan | undefined, next: StoredSpan): boolean {
  return known !== undefined && hasOwnId(known) && hasOwnId(next) && known.own_id !== next.own_id
}

/** A span that belongs to its own call and has no place in a trace. */
export function withoutTrace(span: StoredSpan): StoredSpan {
  return { ...span, trace_id: '', span_id: span.own_id, parent_span_id: null }
}

/** The span that names the call: an MCP span inside the span of the same tool belongs to the same call. */
function representativeOf(span: StoredSpan, parentOf: FindParent): StoredSpan {
  let representative = span
  for (const each of ancestors(span, parentOf).filter(isCall)) {
    const isSameTool = isNameOfMcpTool(each.tool_name ?? '', representative.tool_name ?? '')
    if (representative.role !== 'mcp_call' || !isSameTool) break
    representative = each
  }
  return representative
}

function sessionOf(all: readonly StoredSpan[]): string | undefined {
  const withSession = all.filter(({ fields }) => fields.session_id !== undefined)
  return (withSession.find((each) => !each.is_session_of_process) ?? withSession[0])?.fields.session_id
}

function agentOf(all: readonly StoredSpan[]): string | undefined {
  return all.find(({ fields }) => fields.agent_name !== undefined)?.fields.agent_name
}

/** The calls of these spans, the nearest first. */
function callIdsOf(all: readonly StoredSpan[], parentOf: FindParent): string[] {
  return all.filter(isCall).flatMap((each) => invocationOfSpan(each, parentOf) ?? [])
}

/** The spans around this one, the nearest first, as far as they are known. */
function ancestors(span: StoredSpan, parentOf: FindParent): StoredSpan[] {
  const all: StoredSpan[] = []
  for (let next = parentOf(span); next !== undefined && all.length < DEPTH_MAX; next = parentOf(next))
    all.push(next)
  return all
}

function isCall({ role }: StoredSpan): boolean {
  return role !== 'context' && role !== 'phase'
}
