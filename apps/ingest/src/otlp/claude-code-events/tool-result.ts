import type { Observation } from '@skillwatch/schema'
import { classifyAgentTool } from '../agent-tools.ts'
import { numberOf, textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import type { LogRecord } from '../read-records.ts'
import { cutText, defined } from '../values.ts'
import { commonFields, type Event, instantOf, refusalOf } from './event.ts'

/** A tool call has ended. */
export function translateToolResult(event: Event): Extraction {
  const { attributes } = event.log
  const [id, toolName] = [textOf(attributes, 'tool_use_id'), textOf(attributes, 'tool_name')]
  if (id === undefined) return { unused: 'tool_result without tool_use_id' }
  if (toolName === undefined) return { rejected: 'tool_name is missing' }
  return {
    sizes: defined({
      arguments_bytes: sizeOf(event.log, 'tool_input_size_bytes'),
      result_bytes: sizeOf(event.log, 'tool_result_size_bytes'),
    }),
    observation: defined({
      ...commonFields(event, classifyAgentTool(toolName, attributes)),
      invocation_id: id,
      ended_at: instantOf(event.log),
      execution_ms: numberOf(attributes, 'duration_ms'),
      ...endingOf(event.log),
    }),
  }
}

/** The outcome of the call. Of an error only its class is read, never its text. */
function endingOf({ attributes }: LogRecord): Pick<Observation, 'outcome' | 'error_type'> {
  const success = textOf(attributes, 'success')?.toLowerCase()
  if (success === 'true' || success === '1') return { outcome: 'completed' }
  if (success === undefined) return {}
  if (textOf(attributes, 'decision_type') === 'reject')
    return refusalOf(textOf(attributes, 'decision_source'))
  return { outcome: 'failed', error_type: cutText(textOf(attributes, 'error_type') ?? 'tool_error') }
}

function sizeOf({ attributes }: LogRecord, name: string): number | undefined {
  const size = numberOf(attributes, name)
  return size !== undefined && Number.isSafeInteger(size) && size >= 0 ? size : undefined
}
