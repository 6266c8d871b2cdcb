import type { Observation } from '@skillwatch/schema'
import { textOf } from './attributes.ts'
import { cutName, durationMs, type Found, stated } from './found.ts'
import type { Span } from './read-records.ts'
import { classifyRefusal } from './refusals.ts'
import type { SpanTree } from './span-tree.ts'

/**
 * Claude Code divides the span of a call: `.execution` is the tool's own time and result, `.blocked_on_user` the question
 * whether it may run. Both have meaning only beside the span of the call.
 */
export function findInPart(span: Span, tree: SpanTree): Found | undefined {
  const ending = endingOf(span)
  const whole = tree.ancestors(span).find((each) => each.name === 'claude_code.tool')
  const call = whole && tree.call(whole)
  if (ending === undefined || whole === undefined || call === undefined || 'reason' in call) return undefined
  const sessionId = textOf(span.attributes, 'session.id') ?? textOf(whole.attributes, 'session.id')
  if (sessionId === undefined) return undefined
  return {
    observation: stated({
      invocation_id: tree.invocationId(whole),
      kind: call.kind,
      skill_name: cutName(call.skill_name),
      session_id: sessionId,
      witness: 'otel_span' as const,
      ...ending,
    }),
  }
}

function endingOf({ name, attributes, hasErrorStatus, startNs, endNs }: Span): Partial<Observation> | undefined {
  if (name === 'claude_code.tool.execution') {
    const failed = hasErrorStatus || textOf(attributes, 'success') === 'false'
    const ending = failed
      ? ({ outcome: 'failed', error_type: 'tool_error' } as const)
      : ({ outcome: 'completed' } as const)
    const execution_ms = durationMs(startNs, endNs)
    return execution_ms === undefined ? ending : { ...ending, execution_ms }
  }
  const refused = name === 'claude_code.tool.blocked_on_user' && textOf(attributes, 'decision') === 'reject'
  return refused ? { outcome: 'rejected', error_type: classifyRefusal(textOf(attributes, 'source')) } : undefined
}
