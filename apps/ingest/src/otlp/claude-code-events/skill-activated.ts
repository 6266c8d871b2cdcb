import type { Trigger } from '@skillwatch/schema'
import { textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import { defined } from '../values.ts'
import { commonFields, type Event, instantOf, ownIdOf } from './event.ts'

/** Triggers by Claude Code's names. */
const TRIGGERS: ReadonlyMap<string, Trigger> = new Map([
  ['user-slash', 'user'],
  ['claude-proactive', 'agent'],
  ['nested-skill', 'nested'],
  ['agent-preload', 'preload'],
])

/**
 * A skill has begun. The record carries no id of its call. A typed skill is a command, as it is to every
 * other witness. Typed and preloaded skills have no tool call, so they are complete at once.
 */
export function translateSkillActivated(event: Event): Extraction {
  const { attributes } = event.log
  const skill = textOf(attributes, 'skill.name')
  if (skill === undefined) return { rejected: 'skill.name is missing' }
  const trigger = triggerOf(textOf(attributes, 'invocation_trigger'))
  const hasNoToolCall = trigger === 'user' || trigger === 'preload'
  return {
    uncorrelated: true,
    observation: defined({
      ...commonFields(event, { kind: trigger === 'user' ? 'command' : 'skill', skill_name: skill }),
      invocation_id: ownIdOf(event, skill),
      trigger,
      invoked_at: instantOf(event.log),
      outcome: hasNoToolCall ? ('completed' as const) : undefined,
    }),
  }
}

function triggerOf(name: string | undefined): Trigger | undefined {
  return name === undefined ? undefined : (TRIGGERS.get(name) ?? 'unknown')
}
