import { textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import type { LogRecord } from '../read-records.ts'
import { translateApiRequest } from './api-request.ts'
import type { EventTranslator } from './event.ts'
import { translateSkillActivated } from './skill-activated.ts'
import { translateSubagentCompleted } from './subagent-completed.ts'
import { translateToolDecision } from './tool-decision.ts'
import { translateToolResult } from './tool-result.ts'
import { translateUserPrompt } from './user-prompt.ts'

const PREFIX = 'claude_code.'

/** The translators of events, by name. One more event is one more file here and a line in this table. */
const TRANSLATORS: ReadonlyMap<string, EventTranslator> = new Map([
  ['user_prompt', translateUserPrompt],
  ['skill_activated', translateSkillActivated],
  ['tool_result', translateToolResult],
  ['tool_decision', translateToolDecision],
  ['subagent_completed', translateSubagentCompleted],
  ['api_request', translateApiRequest],
])

/** Translates a log record. Only Claude Code's events about calls and about requests to models are used. */
export function translateLogRecord(log: LogRecord, nowMs: number): Extraction {
  const name = log.eventName.startsWith(PREFIX) ? log.eventName.slice(PREFIX.length) : log.eventName
  const translator = TRANSLATORS.get(name)
  if (translator === undefined) return { unused: log.eventName || 'log without event name' }
  const sessionId = textOf(log.attributes, 'session.id') ?? textOf(log.resource, 'session.id')
  if (sessionId === undefined) return { unused: `${name} without session` }
  return translator({ log, name, sessionId, nowMs })
}
