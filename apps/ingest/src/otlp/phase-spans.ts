import type { Observation } from '@skillwatch/schema'
import { textOf } from './attributes.ts'
import type { Span } from './read-records.ts'
import { classifyRefusal } from './refusals.ts'
import { durationMs } from './values.ts'

/**
 * The fields that a phase of a call adds to it. Claude Code divides the span of a call into phases:
 * `.execution` has the tool's own time and result, `.blocked_on_user` the answer to whether it may run.
 * Undefined for spans that are no phase, and for phases without such a field.
 */
export function phaseFields(span: Span): Partial<Observation> | undefined {
  if (span.name === 'claude_code.tool.execution') return executionFields(span)
  if (span.name === 'claude_code.tool.blocked_on_user') return refusalFields(span)
  return undefined
}

function executionFields(span: Span): Partial<Observation> | undefined {
  const { attributes, hasErrorStatus, startNs, endNs } = span
  if (endNs === undefined) return undefined
  const hasFailed = hasErrorStatus || textOf(attributes, 'success') === 'false'
  const execution_ms = durationMs(startNs, endNs)
  return {
    ...(hasFailed ? { outcome: 'failed', error_type: 'tool_error' } : { outcome: 'completed' }),
    ...(execution_ms !== undefined && { execution_ms }),
  }
}

function refusalFields({ attributes }: Span): Partial<Observation> | undefined {
  if (textOf(attributes, 'decision') !== 'reject') return undefined
  return { outcome: 'rejected', error_type: classifyRefusal(textOf(attributes, 'source')) }
}
