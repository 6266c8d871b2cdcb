import type { Observation } from '@skillwatch/schema'
import { textOf } from './attributes.ts'
import { cutName, cutText, durationMs, type Found, stated, toMs, userOf } from './found.ts'
import type { Span } from './read-records.ts'
import { attributesOf } from './span-attributes.ts'
import type { SpanCall } from './span-call.ts'
import { findInPart } from './span-parts.ts'
import { createSpanTree, type SpanTree } from './span-tree.ts'

/** What a project may store of arguments and results at most; longer ones are left out, for half a text has another hash. */
const CONTENT_LENGTH_MAX = 100_000

/** What the spans of one request tell about calls of tools and skills. Spans know of each other only inside a request. */
export function findInSpans(spans: readonly Span[]): Found[] {
  const tree = createSpanTree(spans)
  return spans.map((span) => findInSpan(span, tree))
}

function findInSpan(span: Span, tree: SpanTree): Found {
  const call = tree.call(span)
  if (call === undefined) return findInPart(span, tree) ?? { unused: usualName(span) }
  if ('reason' in call) return { rejected: call.reason }
  const sessionId = sessionOf(span, tree)
  if (sessionId === undefined) return { unused: `${call.operation} without session` }
  return { observation: toObservation(span, call, sessionId, tree) }
}

function toObservation(span: Span, call: SpanCall, sessionId: string, tree: SpanTree): Observation {
  const duration = durationMs(span.startNs, span.endNs)
  const attributes = attributesOf(span)
  const { kind, skill_name } = tree.called(span) ?? call
  return stated({
    invocation_id: tree.invocationId(span),
    kind,
    skill_name: cutName(skill_name),
    session_id: sessionId,
    witness: 'otel_span' as const,
    agent_name: agentOf(span, tree),
    user_id: userOf(span.attributes, span.resource),
    prompt_id: textOf(span.attributes, 'prompt.id'),
    parent_invocation_id: tree.parentInvocationId(span),
    invoked_at: toMs(span.startNs),
    ended_at: toMs(span.endNs),
    ...endingOf(span, call),
    // A span of Claude Code's own waits for the permission as well; the others are the tool's time.
    ...(call.operation === 'claude_code.tool' ? { span_ms: duration } : { execution_ms: duration }),
    arguments: contentOf(span, 'gen_ai.tool.call.arguments'),
    result: contentOf(span, 'gen_ai.tool.call.result'),
    attributes,
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

/** The conversation as the span, one around it, or the process tells it; it is never made up. */
function sessionOf(span: Span, tree: SpanTree): string | undefined {
  return textAround(span, tree, ...SESSION_NAMES) ?? textOf(span.resource, ...SESSION_NAMES)
}

const SESSION_NAMES = ['gen_ai.conversation.id', 'session.id']

function agentOf(span: Span, tree: SpanTree): string | undefined {
  if (span.name.startsWith('claude_code.')) return 'claude-code'
  const agent = textAround(span, tree, 'gen_ai.agent.name')
  return agent && cutName(agent)
}

/** What the span says, or else the nearest one around it. */
function textAround(span: Span, tree: SpanTree, ...names: string[]): string | undefined {
  const telling = [span, ...tree.ancestors(span)].find((each) => textOf(each.attributes, ...names) !== undefined)
  return telling && textOf(telling.attributes, ...names)
}

function contentOf(span: Span, name: string): string | undefined {
  const content = textOf(span.attributes, name)
  return content !== undefined && content.length <= CONTENT_LENGTH_MAX && !content.includes('\0') ? content : undefined
}

/** What spans like this one are called: what they do, without what they do it to. */
function usualName({ name, attributes }: Span): string {
  return textOf(attributes, 'gen_ai.operation.name', 'mcp.method.name') ?? name.split(' ', 1)[0]!
}
