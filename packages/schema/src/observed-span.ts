/**
 * What a span is to a call:
 * - `call`: it measures one
 * - `mcp_call`: it measures one as the protocol of MCP sees it; inside the span of the same tool it is no call of its own
 * - `composite_call`: it measures one of Claude Code's, whose spans are divided into parts
 * - `part`: it measures a part of the divided call around it
 * - `around`: it measures something else; calls inside it inherit its session and agent
 */
export const SPAN_ROLES = ['call', 'mcp_call', 'composite_call', 'phase', 'context'] as const
export type SpanRole = (typeof SPAN_ROLES)[number]

/** Where a span stands among the others of its trace. Which call it tells of follows from all of them together. */
export interface SpanContext {
  /** Ids in hex. */
  trace_id: string
  span_id: string
  parent_span_id?: string
  role: SpanRole
  /** The tool as this span calls it, for spans that measure a call. */
  tool_name?: string
  /** The session is what the process says of itself: a span around that names another one is believed. */
  is_session_of_process?: true
}
