import { createHash } from 'node:crypto'
import { type Observation, parseInstant } from '@skillwatch/schema'
import type { Called } from '@skillwatch/schema/claude-code'
import { textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import type { LogRecord } from '../read-records.ts'
import { classifyRefusal } from '../refusals.ts'
import { cutName, cutText, pickAttributes, toMs, userOf } from '../values.ts'

/** An event of Claude Code in a session. */
export interface Event {
  readonly log: LogRecord
  /** Without `claude_code.` before it. */
  readonly name: string
  readonly sessionId: string
  readonly nowMs: number
}

export type EventTranslator = (event: Event) => Extraction

/** Attributes of events that become attributes of the observation. */
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

/** The fields that every event of a call has. */
export function commonFields({ log, sessionId }: Event, { kind, skill_name }: Called) {
  const toolName = textOf(log.attributes, 'tool_name')
  return {
    kind,
    skill_name: cutName(skill_name),
    session_id: sessionId,
    witness: 'otel_log' as const,
    agent_name: 'claude-code',
    agent_version: versionOf(log),
    user_id: userOf(log.attributes, log.resource),
    prompt_id: textOf(log.attributes, 'prompt.id'),
    attributes: {
      ...(toolName && { 'gen_ai.tool.name': cutText(toolName) }),
      ...pickAttributes(log.attributes, KEPT),
    },
  }
}

/** The version of Claude Code. */
export function versionOf({ attributes, resource }: LogRecord): string | undefined {
  const version = textOf(attributes, 'app.version') ?? textOf(resource, 'service.version')
  return version === undefined ? undefined : cutName(version)
}

/** An id for an event that carries none. The same record sent again gets the same id. */
export function ownIdOf({ log, name, sessionId }: Event, skillName: string): string {
  const { attributes, atNs } = log
  const promptId = textOf(attributes, 'prompt.id')
  const sequence = textOf(attributes, 'event.sequence')
  const at = textOf(attributes, 'event.timestamp') ?? String(atNs)
  const identity = JSON.stringify([sessionId, promptId, skillName, sequence, at])
  return `${name}_${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`
}

/** The time of the event itself, or the time of the record when the event has none. */
export function instantOf({ attributes, atNs }: LogRecord): number | undefined {
  const timestamp = textOf(attributes, 'event.timestamp')
  const ms = timestamp === undefined ? undefined : parseInstant(timestamp, Number.MAX_SAFE_INTEGER)
  return typeof ms === 'number' ? ms : toMs(atNs)
}

/** The outcome of a refused call. @param source what refused it, in Claude Code's words */
export function refusalOf(source: string | undefined): Pick<Observation, 'outcome' | 'error_type'> {
  return { outcome: 'rejected', error_type: classifyRefusal(source) }
}
