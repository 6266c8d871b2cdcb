/**
 * A span's part in a call:
 * - `call`: it measures one
 * - `mcp_call`: it measures one as the protocol of MCP sees it; inside the span of the same tool it is that tool's call
 * - `composite_call`: it measures a call of Claude Code, whose phases have spans of their own
 * - `phase`: it measures a phase of the composite call around it
 * - `context`: it measures something else; calls inside it inherit its session and agent
 */
export const SPAN_ROLES = ['call', 'mcp_call', 'composite_call', 'phase', 'context'] as const
export type SpanRole = (typeof SPAN_ROLES)[number]

/** Where a span is in its trace. Which call it belongs to follows from all spans of the trace together. */
export interface SpanContext {
  /** Ids in hex. */
  trace_id: string
  span_id: string
  parent_span_id?: string
  role: SpanRole
  /** The tool as this span calls it, for spans that measure a call. */
  tool_name?: string
  /** The session is that of the whole process: a span around it that names another session is believed. */
  is_session_of_process?: true
}
