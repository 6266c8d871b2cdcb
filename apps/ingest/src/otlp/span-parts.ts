import type { Observation } from '@skillwatch/schema'
import { textOf } from './attributes.ts'
import { durationMs } from './found.ts'
import type { Span } from './read-records.ts'
import { classifyRefusal } from './refusals.ts'

/**
 * Claude Code divides the span of a call: `.execution` is the tool's own time and result, `.blocked_on_user` the question
 * whether it may run. What such a part states of the call around it; undefined for spans that are no part or state nothing.
 */
export function statedByPart({
  name,
  attributes,
  hasErrorStatus,
  startNs,
  endNs,
}: Span): Partial<Observation> | undefined {
  if (name === 'claude_code.tool.execution') {
    if (endNs === undefined) return undefined
    const failed = hasErrorStatus || textOf(attributes, 'success') === 'false'
    const ending = failed
      ? ({ outcome: 'failed', error_type: 'tool_error' } as const)
      : ({ outcome: 'completed' } as const)
    const execution_ms = durationMs(startNs, endNs)
    return execution_ms === undefined ? ending : { ...ending, execution_ms }
  }
  const refused = name === 'claude_code.tool.blocked_on_user' && textOf(attributes, 'decision') === 'reject'
  return refused
    ? { outcome: 'rejected', error_type: classifyRefusal(textOf(attributes, 'source')) }
    : undefined
}
