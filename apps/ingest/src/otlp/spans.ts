import type { Observation, SpanContext } from '@skillwatch/schema'
import { textOf } from './attributes.ts'
import type { CallSpanExtraction, Extraction, UnusedRecord } from './extraction.ts'
import { phaseFields } from './phase-spans.ts'
import type { Span } from './read-records.ts'
import { attributesOf } from './span-attributes.ts'
import { callOf, type SpanCall } from './span-calls.ts'
import { cutName, cutText, defined, durationMs, toMs, userOf } from './values.ts'

/**
 * Longest arguments and results that are read. Longer ones are left out, because a part of a text has
 * another hash.
 */
const CONTENT_LENGTH_MAX = 100_000

/**
 * Translates a span by itself. The recorder finds the call that it belongs to, as it knows the other spans.
 */
export function translateSpan(span: Span): Extraction {
  const call = callOf(span)
  if (call === undefined) return translatePhase(span) ?? translateContext(span)
  return 'reason' in call ? { rejected: call.reason } : translateCall(span, call)
}

function translateCall(span: Span, call: SpanCall): CallSpanExtraction {
  const role = call.operation === 'claude_code.tool' ? 'composite_call' : call.isMcp ? 'mcp_call' : 'call'
  const session = sessionOf(span)
  return {
    observation: { ...callFields(span, call), ...(session && { session_id: session.id }) },
    span: {
      ...contextOf(span, role),
      tool_name: cutName(call.toolName),
      ...(session?.isOfProcess && { is_session_of_process: true }),
    },
    waitingName: `${call.operation} without session`,
  }
}

function translatePhase(span: Span): CallSpanExtraction | undefined {
  const fields = phaseFields(span)
  return (
    fields && {
      observation: { ...fields, invocation_id: ownId(span) },
      span: contextOf(span, 'phase'),
      waitingName: `${span.name} without its call`,
    }
  )
}

/**
 * Calls inside the span inherit its session and agent. A span with neither is of use only if it has a
 * parent.
 */
function translateContext(span: Span): UnusedRecord {
  const observation = defined({
    invocation_id: ownId(span),
    session_id: textOf(span.attributes, ...SESSION_NAMES),
    agent_name: agentOf(span),
  })
  const unused = generalName(span)
  const isOfUse = span.parentSpanId !== undefined || Object.keys(observation).length > 1
  return isOfUse ? { unused, context: { observation, span: contextOf(span, 'context') } } : { unused }
}

function contextOf({ traceId, spanId, parentSpanId }: Span, role: SpanContext['role']): SpanContext {
  return { trace_id: traceId, span_id: spanId, ...(parentSpanId && { parent_span_id: parentSpanId }), role }
}

/**
 * The id that the agent gave to the call, or one made of trace and span, which is the same when the span is
 * sent again.
 */
function ownId({ attributes, traceId, spanId }: Span): string {
  const id = textOf(attributes, 'tool_use_id', 'gen_ai.tool.call.id')
  return id === undefined || isOrdinal(id) ? `${traceId}-${spanId}` : id
}

/**
 * Whether an id only numbers the calls of one answer (`call_0`, `functions.search:1`). Some models start
 * from 0 in each answer, so that many calls have the same id.
 */
function isOrdinal(id: string): boolean {
  return /(?:^|[^A-Za-z0-9])\d{1,6}$/.test(id) && !id.startsWith('toolu_')
}

function callFields(span: Span, call: SpanCall): Partial<Observation> & { invocation_id: string } {
  const duration = durationMs(span.startNs, span.endNs)
  return defined({
    invocation_id: ownId(span),
    kind: call.kind,
    skill_name: cutName(call.skill_name),
    agent_name: agentOf(span),
    user_id: userOf(span.attributes, span.resource),
    prompt_id: textOf(span.attributes, 'prompt.id'),
    invoked_at: toMs(span.startNs),
    ended_at: toMs(span.endNs),
    ...endingOf(span, call),
    // A span of Claude Code includes the wait for the permission; other spans measure the tool alone.
    ...(call.operation === 'claude_code.tool' ? { elapsed_ms: duration } : { execution_ms: duration }),
    arguments: contentOf(span, 'gen_ai.tool.call.arguments'),
    result: contentOf(span, 'gen_ai.tool.call.result'),
    attributes: attributesOf(span),
  })
}

/**
 * The outcome of the call. A span of Claude Code without an error has none: the call may have been refused,
 * which only its phases and other witnesses report.
 */
function endingOf(span: Span, { operation }: SpanCall): Pick<Observation, 'outcome' | 'error_type'> {
  if (span.endNs === undefined) return { outcome: 'running' }
  const errorType = textOf(span.attributes, 'error.type')
  if (span.hasErrorStatus || errorType !== undefined) {
    return { outcome: 'failed', error_type: cutText(errorType ?? '_OTHER') }
  }
  return operation === 'claude_code.tool' ? {} : { outcome: 'completed' }
}

/** The conversation that the span or its process names. */
function sessionOf({ attributes, resource }: Span): { id: string; isOfProcess: boolean } | undefined {
  const own = textOf(attributes, ...SESSION_NAMES)
  if (own !== undefined) return { id: own, isOfProcess: false }
  const id = textOf(resource, ...SESSION_NAMES)
  return id === undefined ? undefined : { id, isOfProcess: true }
}

const SESSION_NAMES = ['gen_ai.conversation.id', 'session.id']

function agentOf({ name, attributes }: Span): string | undefined {
  if (name.startsWith('claude_code.')) return 'claude-code'
  const agent = textOf(attributes, 'gen_ai.agent.name')
  return agent && cutName(agent)
}

function contentOf(span: Span, name: string): string | undefined {
  const content = textOf(span.attributes, name)
  return content !== undefined && content.length <= CONTENT_LENGTH_MAX && !content.includes('\0')
    ? content
    : undefined
}

/** The operation of a span without its target: `chat` for `chat gpt-5`. */
function generalName({ name, attributes }: Span): string {
  return textOf(attributes, 'gen_ai.operation.name', 'mcp.method.name') ?? name.split(' ', 1)[0]!
}
