import type { ObservedFields, OtelSpanTable } from '@skillwatch/schema'
import { isNameOfMcpTool } from '@skillwatch/schema/claude-code'
import type { Selectable } from 'kysely'
import { combineFields } from './merge.ts'

/** A span with what it states by itself. */
export type StoredSpan = Readonly<
  Omit<Selectable<OtelSpanTable>, 'project_id' | 'fields' | 'session_id' | 'expires_at_ms'> & {
    fields: ObservedFields
  }
>

/** The span around another one, if it is known. */
export type FindParent = (span: StoredSpan) => StoredSpan | undefined

/** Agents in agents in agents: deeper than this nobody nests, and a circle ends here. */
const DEPTH_MAX = 64

/**
 * The call that a span tells of, as far as the spans around it are known. Depends on those alone, not on the order in which
 * they came (R4).
 * @returns null when it tells of none, or not yet
 */
export function invocationOfSpan(span: StoredSpan, parentOf: FindParent): string | null {
  if (span.role === 'context') return null
  if (span.role !== 'phase') return standingFor(span, parentOf).own_id
  const whole = around(span, parentOf).find(({ role }) => role === 'composite_call')
  if (whole !== undefined) return standingFor(whole, parentOf).own_id
  return hasOwnId(span) ? span.own_id : null
}

/** What all spans of one call state about it: the one that stands for it names it, the others add what they measured. */
export function statementOfSpans(
  invocationId: string,
  spans: readonly StoredSpan[],
  parentOf: FindParent,
): ObservedFields {
  const isWhole = (span: StoredSpan) =>
    isCall(span) && span.own_id === invocationId && standingFor(span, parentOf) === span
  const whole = spans.filter(isWhole).map((span) => inContext(span, parentOf))
  const inner = spans.filter((span) => !isWhole(span))
  const named = whole.reduce(combineFields, {})
  const stated: ObservedFields = inner.map(({ fields }) => withoutNames(fields)).reduce(combineFields, named)
  // Of two spans that both say who they are, the one that stands for the call is meant.
  if (stated.attributes && named.attributes)
    stated.attributes = { ...stated.attributes, ...named.attributes }
  if (named.kind === 'tool' && inner.some(({ role }) => role === 'mcp_call')) stated.kind = 'mcp'
  return stated
}

/** The id of a span that has none of the call itself. */
export function spanKey({ trace_id, span_id }: Pick<StoredSpan, 'trace_id' | 'span_id'>): string {
  return `${trace_id}-${span_id}`
}

/** Whether the span knows the id that the agent gave to the call. */
export function hasOwnId(span: StoredSpan): boolean {
  return span.own_id !== spanKey(span)
}

/** The span that stands for the call: an MCP span inside the span of the same tool tells of the same call. */
function standingFor(span: StoredSpan, parentOf: FindParent): StoredSpan {
  let standing = span
  for (const each of around(span, parentOf).filter(isCall)) {
    if (standing.role !== 'mcp_call' || !isNameOfMcpTool(each.tool_name ?? '', standing.tool_name ?? ''))
      break
    standing = each
  }
  return standing
}

/** What a span states, with what it inherits from those around it: what a span says before what its process says. */
function inContext(span: StoredSpan, parentOf: FindParent): ObservedFields {
  const all = [span, ...around(span, parentOf)]
  const inSessions = all.filter(({ fields }) => fields.session_id !== undefined)
  const session_id = (inSessions.find((each) => !each.is_session_of_process) ?? inSessions[0])?.fields
    .session_id
  const agent_name = all.find(({ fields }) => fields.agent_name !== undefined)?.fields.agent_name
  const parent = all
    .filter(isCall)
    .map((each) => invocationOfSpan(each, parentOf))
    .find((id) => id !== span.own_id)
  const { session_id: _, ...fields } = span.fields
  return {
    ...fields,
    ...(session_id !== undefined && { session_id }),
    ...(agent_name !== undefined && { agent_name }),
    ...(parent !== undefined && parent !== null && { parent_invocation_id: parent }),
  }
}

function withoutNames({
  kind: _kind,
  skill_name: _name,
  session_id: _session,
  agent_name: _agent,
  ...fields
}: ObservedFields): ObservedFields {
  return fields
}

/** The spans around this one, the nearest first, as far as they are known. */
function around(span: StoredSpan, parentOf: FindParent): StoredSpan[] {
  const found: StoredSpan[] = []
  for (let next = parentOf(span); next !== undefined && found.length < DEPTH_MAX; next = parentOf(next))
    found.push(next)
  return found
}

function isCall({ role }: StoredSpan): boolean {
  return role !== 'context' && role !== 'phase'
}
