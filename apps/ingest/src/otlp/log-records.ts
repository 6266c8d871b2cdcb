import { createHash } from 'node:crypto'
import { type Observation, parseInstant } from '@skillwatch/schema'
import { type Called, commandId, commandName } from '@skillwatch/schema/claude-code'
import { classifyAgentTool } from './agent-tools.ts'
import { readApiRequest } from './api-requests.ts'
import { numberOf, textOf } from './attributes.ts'
import { cutName, cutText, type Found, pickAttributes, stated, toMs, userOf } from './found.ts'
import type { LogRecord } from './read-records.ts'
import { classifyRefusal } from './refusals.ts'

/** Attributes of Claude Code's events that are kept as they are. */
const KEPT = [
  'command_source',
  'skill.source',
  'skill.kind',
  'plugin.name',
  'marketplace.name',
  'decision_source',
  'mcp_server_scope',
  'agent.source',
  'is_async',
  'total_tool_uses',
  'workflow.run_id',
  'workflow.name',
  'app.version',
  'app.entrypoint',
]

const PREFIX = 'claude_code.'

/** What one log record tells: Claude Code's events speak of calls, the rest is nothing of ours. */
export function findInLogRecord(log: LogRecord, nowMs: number): Found {
  const name = log.eventName.startsWith(PREFIX) ? log.eventName.slice(PREFIX.length) : log.eventName
  const find = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined
  if (find === undefined) return { unused: log.eventName || 'log without event name' }
  const sessionId = textOf(log.attributes, 'session.id') ?? textOf(log.resource, 'session.id')
  if (sessionId === undefined) return { unused: `${name} without session` }
  return find({ log, name, sessionId, nowMs })
}

interface Event {
  log: LogRecord
  name: string
  sessionId: string
  nowMs: number
}

const EVENTS: Readonly<Record<string, (event: Event) => Found>> = {
  user_prompt: findPrompt,
  skill_activated: findActivation,
  tool_result: findResult,
  tool_decision: findDecision,
  subagent_completed: findSubagent,
  api_request: findApiRequest,
}

const TRIGGERS: Readonly<Record<string, NonNullable<Observation['trigger']>>> = {
  'user-slash': 'user',
  'claude-proactive': 'agent',
  'nested-skill': 'nested',
  'agent-preload': 'preload',
}

/**
 * A prompt that is a typed command. Every witness names the command by its prompt; but one that is built in has no prompt of its
 * own, so that its call is found as that of any sighting without an id.
 */
function findPrompt(event: Event): Found {
  const { attributes } = event.log
  const command = commandName(textOf(attributes, 'command_name'))
  if (command === undefined) return { unused: event.log.eventName }
  const promptId = textOf(attributes, 'prompt.id')
  const isBuiltIn = promptId === undefined || textOf(attributes, 'command_source') === 'builtin'
  return {
    ...(isBuiltIn && { uncorrelated: true as const }),
    observation: stated({
      ...common(event, { kind: 'command', skill_name: command }),
      invocation_id: isBuiltIn ? sightingId(event, command) : commandId(promptId),
      trigger: 'user' as const,
      invoked_at: instantOf(event.log),
      outcome: 'completed' as const,
    }),
  }
}

/**
 * A skill has begun. Which call that was is not told. One that was typed is a command, as to every other witness: its text takes
 * the place of what was typed, and no call of a tool follows. Neither does one when a skill is loaded with a sub-agent. So both
 * are over when they are told.
 */
function findActivation(event: Event): Found {
  const { attributes } = event.log
  const skill = textOf(attributes, 'skill.name')
  if (skill === undefined) return { rejected: 'skill.name is missing' }
  const told = textOf(attributes, 'invocation_trigger')
  const trigger = told === undefined ? undefined : triggerOf(told)
  return {
    uncorrelated: true,
    observation: stated({
      ...common(event, { kind: trigger === 'user' ? 'command' : 'skill', skill_name: skill }),
      invocation_id: sightingId(event, skill),
      trigger,
      invoked_at: instantOf(event.log),
      outcome: trigger === 'user' || trigger === 'preload' ? ('completed' as const) : undefined,
    }),
  }
}

function triggerOf(told: string): Observation['trigger'] {
  return Object.hasOwn(TRIGGERS, told) ? TRIGGERS[told] : 'unknown'
}

/** A tool has come to its end. */
function findResult(event: Event): Found {
  const { attributes } = event.log
  const [id, toolName] = [textOf(attributes, 'tool_use_id'), textOf(attributes, 'tool_name')]
  if (id === undefined) return { unused: 'tool_result without tool_use_id' }
  if (toolName === undefined) return { rejected: 'tool_name is missing' }
  return {
    sizes: stated({
      arguments_bytes: sizeOf(event.log, 'tool_input_size_bytes'),
      result_bytes: sizeOf(event.log, 'tool_result_size_bytes'),
    }),
    observation: stated({
      ...common(event, classifyAgentTool(toolName, attributes)),
      invocation_id: id,
      ended_at: instantOf(event.log),
      execution_ms: numberOf(attributes, 'duration_ms'),
      ...endingOf(event.log),
    }),
  }
}

/** The texts of errors stay where they are; only their class is kept. */
function endingOf({ attributes }: LogRecord): Pick<Observation, 'outcome' | 'error_type'> {
  const success = textOf(attributes, 'success')?.toLowerCase()
  if (success === 'true' || success === '1') return { outcome: 'completed' }
  if (success === undefined) return {}
  if (textOf(attributes, 'decision_type') === 'reject')
    return refusalOf(textOf(attributes, 'decision_source'))
  return { outcome: 'failed', error_type: cutText(textOf(attributes, 'error_type') ?? 'tool_error') }
}

/** A call was allowed, or it was not: then this is all that is ever told of it. */
function findDecision(event: Event): Found {
  const { attributes } = event.log
  const [id, toolName] = [textOf(attributes, 'tool_use_id'), textOf(attributes, 'tool_name')]
  if (id === undefined) return { unused: 'tool_decision without tool_use_id' }
  if (toolName === undefined) return { rejected: 'tool_name is missing' }
  const refused = textOf(attributes, 'decision') === 'reject'
  return {
    observation: stated({
      ...common(event, classifyAgentTool(toolName, attributes)),
      invocation_id: id,
      ...(refused
        ? { ...refusalOf(textOf(attributes, 'source')), ended_at: instantOf(event.log) }
        : { outcome: 'running' as const }),
    }),
  }
}

function refusalOf(source: string | undefined): Pick<Observation, 'outcome' | 'error_type'> {
  return { outcome: 'rejected', error_type: classifyRefusal(source) }
}

/**
 * A sub-agent has come to its end. Which call had started it is told by its id or not at all. The call of one in the background
 * was over when that had begun, so there the beginning is told, by which the call can be found, and not the end.
 */
function findSubagent(event: Event): Found {
  const { attributes } = event.log
  const [id, agent] = [textOf(attributes, 'tool_use_id'), textOf(attributes, 'agent_type', 'agent.name')]
  if (agent === undefined) return { rejected: 'agent_type is missing' }
  const [endedAtMs, executionMs] = [instantOf(event.log), numberOf(attributes, 'duration_ms')]
  const isInBackground = textOf(attributes, 'is_async')?.toLowerCase() === 'true'
  const beganAtMs =
    endedAtMs === undefined || executionMs === undefined ? undefined : endedAtMs - Math.round(executionMs)
  return {
    ...(id === undefined && { uncorrelated: true }),
    observation: stated({
      ...common(event, { kind: 'agent', skill_name: agent }),
      invocation_id: id ?? sightingId(event, agent),
      ...(id === undefined && isInBackground ? { invoked_at: beganAtMs } : { ended_at: endedAtMs }),
      execution_ms: executionMs,
      outcome: 'completed' as const,
    }),
  }
}

/** What the agent asked of a model, and what that cost. */
function findApiRequest(event: Event): Found {
  const { log, sessionId, nowMs } = event
  const sighting = { log, sessionId, sightingId: sightingId(event, 'model'), atMs: instantOf(log) }
  return readApiRequest(sighting, nowMs)
}

function common({ log, sessionId }: Event, { kind, skill_name }: Called) {
  const toolName = textOf(log.attributes, 'tool_name')
  return {
    kind,
    skill_name: cutName(skill_name),
    session_id: sessionId,
    witness: 'otel_log' as const,
    agent_name: 'claude-code',
    user_id: userOf(log.attributes, log.resource),
    prompt_id: textOf(log.attributes, 'prompt.id'),
    attributes: {
      ...(toolName && { 'gen_ai.tool.name': cutText(toolName) }),
      ...pickAttributes(log.attributes, KEPT),
    },
  }
}

/** An id for a sighting whose call is not known: the same record sent again has the same. */
function sightingId({ log, name, sessionId }: Event, skillName: string): string {
  const { attributes, atNs } = log
  const parts = [sessionId, textOf(attributes, 'prompt.id'), skillName, textOf(attributes, 'event.sequence')]
  const at = textOf(attributes, 'event.timestamp') ?? String(atNs)
  return `${name}_${createHash('sha256')
    .update(JSON.stringify([...parts, at]))
    .digest('hex')
    .slice(0, 32)}`
}

/** When it happened: by the event's own words, else by the record's. */
function instantOf({ attributes, atNs }: LogRecord): number | undefined {
  const told = textOf(attributes, 'event.timestamp')
  const ms = told === undefined ? undefined : parseInstant(told, Number.MAX_SAFE_INTEGER)
  return typeof ms === 'number' ? ms : toMs(atNs)
}

function sizeOf({ attributes }: LogRecord, name: string): number | undefined {
  const size = numberOf(attributes, name)
  return size !== undefined && Number.isSafeInteger(size) && size >= 0 ? size : undefined
}
