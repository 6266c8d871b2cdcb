import type { Observation, SpanContext } from '@skillwatch/schema'
import { textOf } from './attributes.ts'
import { cutName, cutText, durationMs, type Found, stated, toMs, userOf } from './found.ts'
import type { Span } from './read-records.ts'
import { attributesOf } from './span-attributes.ts'
import { callOf, type SpanCall } from './span-call.ts'
import { statedByPart } from './span-parts.ts'

/** What a project may store of arguments and results at most; longer ones are left out, for half a text has another hash. */
const CONTENT_LENGTH_MAX = 100_000

/** What one span tells by itself. Which call it belongs to is found out where all spans are known. */
export function findInSpan(span: Span): Found {
  const call = callOf(span)
  if (call === undefined) return findInPart(span) ?? findAround(span)
  if ('reason' in call) return { rejected: call.reason }
  const role = call.operation === 'claude_code.tool' ? 'composite_call' : call.isMcp ? 'mcp_call' : 'call'
  const session = sessionOf(span)
  return {
    observation: { ...stateOf(span, call), ...(session && { session_id: session.id }) },
    span: {
      ...placeOf(span, role),
      tool_name: cutName(call.toolName),
      ...(session?.isOfProcess && { is_session_of_process: true }),
    },
    whenWaiting: `${call.operation} without session`,
  }
}

function findInPart(span: Span): Found | undefined {
  const observation = statedByPart(span)
  return (
    observation && {
      observation: { ...observation, invocation_id: ownId(span) },
      span: placeOf(span, 'phase'),
      whenWaiting: `${span.name} without its call`,
    }
  )
}

/** Calls inside inherit what the span says of session and agent; one that says nothing and is inside of nothing is of no use. */
function findAround(span: Span): Found {
  const observation = stated({
    invocation_id: ownId(span),
    session_id: textOf(span.attributes, ...SESSION_NAMES),
    agent_name: agentOf(span),
  })
  const unused = usualName(span)
  const isOfUse = span.parentSpanId !== undefined || Object.keys(observation).length > 1
  return isOfUse ? { unused, around: { observation, span: placeOf(span, 'context') } } : { unused }
}

function placeOf({ traceId, spanId, parentSpanId }: Span, role: SpanContext['role']): SpanContext {
  return { trace_id: traceId, span_id: spanId, ...(parentSpanId && { parent_span_id: parentSpanId }), role }
}

/** The id of the call as the agent knows it, else one that stays the same however often the span is sent. */
function ownId({ attributes, traceId, spanId }: Span): string {
  const id = textOf(attributes, 'tool_use_id', 'gen_ai.tool.call.id')
  return id === undefined || isOrdinal(id) ? `${traceId}-${spanId}` : id
}

/** Some models number their calls (`call_0`, `functions.search:1`) and begin anew with each answer: such an id names many calls. */
function isOrdinal(id: string): boolean {
  return /(?:^|[^A-Za-z0-9])\d{1,6}$/.test(id) && !id.startsWith('toolu_')
}

function stateOf(span: Span, call: SpanCall): Partial<Observation> & { invocation_id: string } {
  const duration = durationMs(span.startNs, span.endNs)
  return stated({
    invocation_id: ownId(span),
    kind: call.kind,
    skill_name: cutName(call.skill_name),
    agent_name: agentOf(span),
    user_id: userOf(span.attributes, span.resource),
    prompt_id: textOf(span.attributes, 'prompt.id'),
    invoked_at: toMs(span.startNs),
    ended_at: toMs(span.endNs),
    ...endingOf(span, call),
    // A span of Claude Code's own waits for the permission as well; the others are the tool's time.
    ...(call.operation === 'claude_code.tool' ? { elapsed_ms: duration } : { execution_ms: duration }),
    arguments: contentOf(span, 'gen_ai.tool.call.arguments'),
    result: contentOf(span, 'gen_ai.tool.call.result'),
    attributes: attributesOf(span),
  })
}

/** Claude Code's spans say that something failed, but not that it was refused: without an error the others are asked. */
function endingOf(span: Span, { operation }: SpanCall): Pick<Observation, 'outcome' | 'error_type'> {
  if (span.endNs === undefined) return { outcome: 'running' }
  const errorType = textOf(span.attributes, 'error.type')
  if (span.hasErrorStatus || errorType !== undefined) {
    return { outcome: 'failed', error_type: cutText(errorType ?? '_OTHER') }
  }
  return operation === 'claude_code.tool' ? {} : { outcome: 'completed' }
}

/** The conversation as the span or the process tells it; it is never made up. */
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

/** What spans like this one are called: what they do, without what they do it to. */
function usualName({ name, attributes }: Span): string {
  return textOf(attributes, 'gen_ai.operation.name', 'mcp.method.name') ?? name.split(' ', 1)[0]!
}
