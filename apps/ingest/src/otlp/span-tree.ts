import type { Called } from '@skillwatch/schema/claude-code'
import { isNameOfMcpTool } from './agent-tools.ts'
import { textOf } from './attributes.ts'
import type { Span } from './read-records.ts'
import { callOf, type SpanCall } from './span-call.ts'

/** How the spans of one request hang together. */
export interface SpanTree {
  /** The spans around this one, the nearest first, as far as they are in the request. */
  ancestors(span: Span): readonly Span[]
  /** The call that the span measures, nothing when it measures something else, or why it cannot be told. */
  call(span: Span): ReturnType<typeof callOf>
  /** The id of the call: its own when it has one, else made of trace and span, so that it stays the same. */
  invocationId(span: Span): string
  /** The call inside which this one ran. */
  parentInvocationId(span: Span): string | undefined
  /** What was called, as the span that stands for the call has it: a call has one name, however many spans tell of it. */
  called(span: Span): Called | undefined
}

/** Agents in agents in agents: deeper than this nobody nests, and a circle ends here. */
const DEPTH_MAX = 64

export function createSpanTree(spans: readonly Span[]): SpanTree {
  const byKey = new Map(spans.map((span) => [keyOf(span.traceId, span.spanId), span]))
  const calls = new Map(spans.map((span) => [span, callOf(span)]))
  const standing = new Map(spans.map((span) => [span, standsFor(span)]))
  const servedByMcp = new Set([...standing].filter(([span, around]) => span !== around).map(([, around]) => around))

  function ancestors(span: Span): Span[] {
    const found: Span[] = []
    let next = parentOf(span)
    while (next !== undefined && found.length < DEPTH_MAX) {
      found.push(next)
      next = parentOf(next)
    }
    return found
  }

  function parentOf({ traceId, parentSpanId }: Span): Span | undefined {
    return parentSpanId === undefined ? undefined : byKey.get(keyOf(traceId, parentSpanId))
  }

  /** The span that stands for the call: an MCP span inside the span of the same tool tells of the same call. */
  function standsFor(span: Span): Span {
    let around = span
    for (const parent of ancestors(span)) {
      if (!isSameCall(goodCall(around), goodCall(parent))) break
      around = parent
    }
    return around
  }

  function goodCall(span: Span): SpanCall | undefined {
    const call = calls.get(span)
    return call === undefined || 'reason' in call ? undefined : call
  }

  const invocationId = (span: Span) => ownId(standing.get(span) ?? span)
  return {
    ancestors,
    call: (span) => calls.get(span),
    invocationId,
    parentInvocationId(span) {
      const id = invocationId(span)
      const parent = ancestors(span).find((each) => goodCall(each) !== undefined && invocationId(each) !== id)
      return parent && invocationId(parent)
    },
    called(span) {
      const around = standing.get(span) ?? span
      const call = goodCall(around)
      return call && { ...call, kind: call.kind === 'tool' && servedByMcp.has(around) ? 'mcp' : call.kind }
    },
  }
}

function isSameCall(call: SpanCall | undefined, around: SpanCall | undefined): boolean {
  return call?.isMcp === true && around !== undefined && isNameOfMcpTool(around.toolName, call.toolName)
}

function ownId({ attributes, traceId, spanId }: Span): string {
  return textOf(attributes, 'gen_ai.tool.call.id', 'tool_use_id') ?? keyOf(traceId, spanId)
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId}-${spanId}`
}
