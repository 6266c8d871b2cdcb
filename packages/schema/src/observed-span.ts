/**
 * The part of a span in a call:
 * - `call`: it measures a call
 * - `mcp_call`: it measures an MCP request; inside the span of the same tool it belongs to that call
 * - `composite_call`: it measures a call of Claude Code, whose phases have spans of their own
 * - `phase`: it measures a phase of the composite call around it
 * - `context`: it measures something else; calls inside it inherit its session and agent
 */
export const SPAN_ROLES = ['call', 'mcp_call', 'composite_call', 'phase', 'context'] as const
export type SpanRole = (typeof SPAN_ROLES)[number]

/** The position of a span in its trace. Its call follows from the spans around it. */
export interface SpanContext {
  /** Ids in hex. */
  trace_id: string
  span_id: string
  parent_span_id?: string
  role: SpanRole
  /** The name of the tool in this span, for spans that measure a call. */
  tool_name?: string
  /** The session is that of the process. A session that a span around this one carries is preferred. */
  is_session_of_process?: true
}
