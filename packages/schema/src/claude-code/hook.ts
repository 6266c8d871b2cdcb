import { DURATION_MS_MAX, LONG_TEXT_LENGTH_MAX } from '../limits.ts'
import type { Observation } from '../observation.ts'
import type { PromptInput } from '../prompt.ts'
import { classifyCall, commandId, commandName } from './classify-call.ts'
import { classifyResult } from './classify-result.ts'
import { folderName } from './folder-name.ts'
import { isObject, type JsonObject, textOf } from './json.ts'

/** Events without a call, or with one that another event describes better. */
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
  'SessionStart',
  'Setup',
  'Stop',
  'StopFailure',
  'SubagentStart',
  'SubagentStop',
  'TaskCompleted',
  'TaskCreated',
  'TeammateIdle',
])

const READ_EVENTS = [
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionDenied',
  'UserPromptExpansion',
  'UserPromptSubmit',
  'SessionEnd',
]

/** All events known here. Newer versions of Claude Code send others. */
export const HOOK_EVENTS: ReadonlySet<string> = new Set([...READ_EVENTS, ...WITHOUT_CALL])

/**
 * What a hook event contained: an observation of a call, a prompt, the end of a session, or none, and why.
 */
export type HookExtraction =
  | { readonly observation: Observation & { invocation_id: string } }
  | { readonly prompt: PromptInput }
  | { readonly sessionEnd: SessionEnd }
  | { readonly ignored: 'no_call' | 'unknown_event' | 'missing_fields' }

/** A session that ended, in the names of the wire. */
export interface SessionEnd {
  readonly session_id: string
  /** Epoch milliseconds. */
  readonly ended_at: number
}

export interface HookOptions {
  /** When the event was received; hook events carry no time of their own. */
  readonly receivedAtMs: number
  /** Whether the observation includes arguments and results; their sizes are always included. */
  readonly withTexts: boolean
}

/**
 * Reads one event of Claude Code's hooks. Never throws: the format is not a stable interface, and an error
 * would disturb the agent that sends it.
 * @param event the JSON that Claude Code gave to the hook
 */
export function readHook(event: unknown, options: HookOptions): HookExtraction {
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
      return commandCall(hook)
    case 'UserPromptSubmit':
      return promptOf(hook)
    case 'SessionEnd':
      return { sessionEnd: { session_id: sessionId, ended_at: options.receivedAtMs } }
    default:
      return { ignored: WITHOUT_CALL.has(eventName) ? 'no_call' : 'unknown_event' }
  }
}

interface Hook extends HookOptions {
  readonly event: JsonObject
  readonly sessionId: string
}

/** @param reported the fields that this event adds to those which every event of a tool call has */
function toolCall(hook: Hook, reported: Partial<Observation>): HookExtraction {
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
      ...reported,
      ...(hook.withTexts && Object.keys(input).length > 0 && textField('arguments', text)),
      attributes: {
        'gen_ai.tool.name': toolName,
        ...agentOf(hook.event),
        'claude_code.tool_input_size_bytes': Buffer.byteLength(text),
        ...reported.attributes,
      },
    },
  }
}

/**
 * A typed slash command. Claude Code expands it at once, so it is complete; the calls it leads to are calls
 * of their own.
 */
function commandCall(hook: Hook): HookExtraction {
  const { event, receivedAtMs } = hook
  const skill_name = commandName(textOf(event, 'command_name'))
  if (skill_name === undefined) return { ignored: 'missing_fields' }
  return {
    observation: {
      // The id does not contain the session, because ids of deleted invocations are kept.
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

/** Older versions of Claude Code do not name the prompt. */
function promptOf({ event, sessionId, receivedAtMs }: Hook): HookExtraction {
  const promptId = textOf(event, 'prompt_id')
  if (promptId === undefined) return { ignored: 'no_call' }
  const place = folderOf(event)
  return {
    prompt: {
      prompt_id: promptId,
      session_id: sessionId,
      agent_name: 'claude-code',
      began_at: receivedAtMs,
      ...place,
    },
  }
}

function folderOf(event: JsonObject): { repository?: string } {
  const repository = folderName(textOf(event, 'cwd'))
  return repository === undefined ? {} : { repository }
}

function base({ event, sessionId }: Hook) {
  const promptId = textOf(event, 'prompt_id')
  return {
    session_id: sessionId,
    witness: 'hook',
    agent_name: 'claude-code',
    ...folderOf(event),
    ...(promptId !== undefined && { prompt_id: promptId }),
  } as const
}

function endOf({ event, receivedAtMs }: Hook): Partial<Observation> {
  const durationMs = event.duration_ms
  const isDuration = typeof durationMs === 'number' && durationMs >= 0 && durationMs <= DURATION_MS_MAX
  return { ended_at: receivedAtMs, ...(isDuration && { execution_ms: durationMs }) }
}

function resultOf({ event, withTexts }: Hook): Partial<Observation> {
  const response = event.tool_response
  if (response === undefined || response === null) return {}
  const text = typeof response === 'string' ? response : JSON.stringify(response)
  return {
    ...(withTexts && textField('result', text)),
    attributes: { 'claude_code.tool_result_size_bytes': Buffer.byteLength(text) },
  }
}

/** A call that the user interrupted is `rejected`, as it is when read from a transcript. */
function failureOf(event: JsonObject): Partial<Observation> {
  if (event.is_interrupt === true) return { outcome: 'rejected', error_type: 'user_interrupted' }
  return classifyResult(true, textOf(event, 'error') ?? '')
}

function agentOf(event: JsonObject): Record<string, string> {
  const agentId = textOf(event, 'agent_id')
  return agentId === undefined ? {} : { 'gen_ai.agent.id': agentId }
}

/**
 * A text without the NUL and the lone surrogates that the wire refuses. A text that is too long is left out.
 */
function textField(field: 'arguments' | 'result', text = ''): Partial<Observation> {
  if (text === '' || text.length > LONG_TEXT_LENGTH_MAX) return {}
  return { [field]: text.toWellFormed().replaceAll('\0', '\ufffd') }
}
