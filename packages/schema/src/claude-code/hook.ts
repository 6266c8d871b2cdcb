import { DURATION_MS_MAX, LONG_TEXT_LENGTH_MAX } from '../limits.ts'
import type { Observation } from '../observation.ts'
import { classifyCall, commandId, commandName } from './classify-call.ts'
import { classifyResult } from './classify-result.ts'
import { isObject, type JsonObject, textOf } from './json.ts'

/** Events that tell of no call, or of one that other events tell better. */
const WITHOUT_CALL: ReadonlySet<string> = new Set([
  'ConfigChange',
  'CwdChanged',
  'FileChanged',
  'InstructionsLoaded',
  'Notification',
  'PermissionRequest',
  'PostCompact',
  'PostToolBatch',
  'PreCompact',
  'SessionEnd',
  'SessionStart',
  'Setup',
  'Stop',
  'StopFailure',
  'SubagentStart',
  'SubagentStop',
  'TaskCompleted',
  'TaskCreated',
  'TeammateIdle',
  'UserPromptSubmit',
])

const WITH_CALL = [
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionDenied',
  'UserPromptExpansion',
]

/** The events known here. There are others, and there will be more. */
export const HOOK_EVENTS: ReadonlySet<string> = new Set([...WITH_CALL, ...WITHOUT_CALL])

/** What a hook event says: something of a call, or why it says nothing. */
export type HookSighting =
  | { readonly observation: Observation & { invocation_id: string } }
  | { readonly ignored: 'no_call' | 'unknown_event' | 'missing_fields' }

export interface HookOptions {
  /** When the event was received: hooks carry no time of their own. */
  readonly receivedAtMs: number
  /** Whether arguments and results go along; their sizes always do. */
  readonly withTexts: boolean
}

/**
 * What one event of Claude Code's hooks says of a call, in our words. Never throws: the format has no promise, and
 * whoever sends it must not be disturbed.
 * @param event the JSON that the hook was given
 */
export function readHook(event: unknown, options: HookOptions): HookSighting {
  if (!isObject(event)) return { ignored: 'missing_fields' }
  const eventName = textOf(event, 'hook_event_name')
  const sessionId = textOf(event, 'session_id')
  if (eventName === undefined || sessionId === undefined) return { ignored: 'missing_fields' }
  const hook = { event, sessionId, ...options }
  switch (eventName) {
    case 'PreToolUse':
      return toolCall(hook, { invoked_at: options.receivedAtMs, outcome: 'running' })
    case 'PostToolUse':
      return toolCall(hook, { ...endOf(hook), ...resultOf(hook), outcome: 'completed' })
    case 'PostToolUseFailure':
      return toolCall(hook, { ...endOf(hook), ...failureOf(event) })
    case 'PermissionDenied':
      return toolCall(hook, { ...endOf(hook), outcome: 'rejected', error_type: 'permission_denied' })
    case 'UserPromptExpansion':
      return typedCommand(hook)
    default:
      return { ignored: WITHOUT_CALL.has(eventName) ? 'no_call' : 'unknown_event' }
  }
}

interface Hook extends HookOptions {
  readonly event: JsonObject
  readonly sessionId: string
}

type Told = Partial<Observation>

function toolCall(hook: Hook, told: Told): HookSighting {
  const [id, toolName] = [textOf(hook.event, 'tool_use_id'), textOf(hook.event, 'tool_name')]
  if (id === undefined || toolName === undefined) return { ignored: 'missing_fields' }
  const input = isObject(hook.event.tool_input) ? hook.event.tool_input : {}
  const text = JSON.stringify(input)
  return {
    observation: {
      invocation_id: id,
      ...classifyCall(toolName, input),
      ...base(hook),
      trigger: 'agent',
      ...told,
      ...(hook.withTexts && Object.keys(input).length > 0 && textField('arguments', text)),
      attributes: {
        'gen_ai.tool.name': toolName,
        ...agentOf(hook.event),
        'claude_code.tool_input_size_bytes': Buffer.byteLength(text),
        ...told.attributes,
      },
    },
  }
}

/** A slash command that was typed. It is expanded at once, and what it sets off are calls of their own. */
function typedCommand(hook: Hook): HookSighting {
  const { event, receivedAtMs } = hook
  const skill_name = commandName(textOf(event, 'command_name'))
  if (skill_name === undefined) return { ignored: 'missing_fields' }
  return {
    observation: {
      // The session is no part of the id: ids of what was deleted stay known.
      invocation_id: commandId(textOf(event, 'prompt_id') ?? crypto.randomUUID()),
      kind: 'command',
      skill_name,
      ...base(hook),
      trigger: 'user',
      invoked_at: receivedAtMs,
      outcome: 'completed',
      ...(hook.withTexts && textField('arguments', textOf(event, 'command_args'))),
      attributes: agentOf(event),
    },
  }
}

function base({ event, sessionId }: Hook) {
  const promptId = textOf(event, 'prompt_id')
  return {
    session_id: sessionId,
    witness: 'hook',
    agent_name: 'claude-code',
    ...(promptId !== undefined && { prompt_id: promptId }),
  } as const
}

function endOf({ event, receivedAtMs }: Hook): Told {
  const durationMs = event.duration_ms
  const isDuration = typeof durationMs === 'number' && durationMs >= 0 && durationMs <= DURATION_MS_MAX
  return { ended_at: receivedAtMs, ...(isDuration && { execution_ms: durationMs }) }
}

function resultOf({ event, withTexts }: Hook): Told {
  const response = event.tool_response
  if (response === undefined || response === null) return {}
  const text = typeof response === 'string' ? response : JSON.stringify(response)
  return {
    ...(withTexts && textField('result', text)),
    attributes: { 'claude_code.tool_result_size_bytes': Buffer.byteLength(text) },
  }
}

/** An interruption is the user's refusal to let the call go on, as the transcript tells it. */
function failureOf(event: JsonObject): Told {
  if (event.is_interrupt === true) return { outcome: 'rejected', error_type: 'user_interrupted' }
  return classifyResult(true, textOf(event, 'error') ?? '')
}

function agentOf(event: JsonObject): Record<string, string> {
  const agentId = textOf(event, 'agent_id')
  return agentId === undefined ? {} : { 'gen_ai.agent.id': agentId }
}

/** A text as the wire takes it: without NUL and lone surrogates; longer ones are left out, their size is told all the same. */
function textField(field: 'arguments' | 'result', text = ''): Told {
  if (text === '' || text.length > LONG_TEXT_LENGTH_MAX) return {}
  return { [field]: text.toWellFormed().replaceAll('\0', '\ufffd') }
}
