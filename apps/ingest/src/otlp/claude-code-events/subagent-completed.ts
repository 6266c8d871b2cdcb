import { numberOf, textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import { defined } from '../values.ts'
import { commonFields, type Event, instantOf, ownIdOf } from './event.ts'

/**
 * A sub-agent has ended. Some versions of Claude Code include the id of the call that started it, others do
 * not.
 */
export function translateSubagentCompleted(event: Event): Extraction {
  const { attributes } = event.log
  const [id, agent] = [textOf(attributes, 'tool_use_id'), textOf(attributes, 'agent_type', 'agent.name')]
  if (agent === undefined) return { rejected: 'agent_type is missing' }
  return {
    ...(id === undefined && { uncorrelated: true }),
    observation: defined({
      ...commonFields(event, { kind: 'agent', skill_name: agent }),
      invocation_id: id ?? ownIdOf(event, agent),
      ...timesOf(event, id !== undefined),
      execution_ms: numberOf(attributes, 'duration_ms'),
      outcome: 'completed' as const,
    }),
  }
}

/**
 * The end of the sub-agent, which is the end of its call. The call of a sub-agent in the background ended
 * when the sub-agent began: without an id of the call, that begin is returned, by which the call can be
 * correlated.
 */
function timesOf(
  { log }: Event,
  hasId: boolean,
): { invoked_at?: number | undefined; ended_at?: number | undefined } {
  const endedAtMs = instantOf(log)
  const isInBackground = textOf(log.attributes, 'is_async')?.toLowerCase() === 'true'
  if (hasId || !isInBackground) return { ended_at: endedAtMs }
  const executionMs = numberOf(log.attributes, 'duration_ms')
  if (endedAtMs === undefined || executionMs === undefined) return {}
  return { invoked_at: endedAtMs - Math.round(executionMs) }
}
