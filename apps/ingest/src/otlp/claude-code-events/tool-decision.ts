import { classifyAgentTool } from '../agent-tools.ts'
import { textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import { defined } from '../values.ts'
import { commonFields, type Event, instantOf, refusalOf } from './event.ts'

/** A tool call was allowed or refused. No other event follows for a call that was refused. */
export function translateToolDecision(event: Event): Extraction {
  const { attributes } = event.log
  const [id, toolName] = [textOf(attributes, 'tool_use_id'), textOf(attributes, 'tool_name')]
  if (id === undefined) return { unused: 'tool_decision without tool_use_id' }
  if (toolName === undefined) return { rejected: 'tool_name is missing' }
  const isRefused = textOf(attributes, 'decision') === 'reject'
  return {
    observation: defined({
      ...commonFields(event, classifyAgentTool(toolName, attributes)),
      invocation_id: id,
      ...(isRefused
        ? { ...refusalOf(textOf(attributes, 'source')), ended_at: instantOf(event.log) }
        : { outcome: 'running' as const }),
    }),
  }
}
