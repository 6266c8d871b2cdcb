import { NAME_LENGTH_MAX } from '@skillwatch/schema'
import {
  commandName,
  folderName,
  isObject,
  type JsonObject,
  textOf,
  typedCommand,
} from '@skillwatch/schema/claude-code'

/** One piece of information in a record that the import needs. */
export type Fact =
  | {
      type: 'call'
      id: string
      toolName: string
      input: JsonObject
      messageId: string | undefined
      model: string | undefined
    }
  | {
      type: 'result'
      id: string
      isError: boolean
      text: string
      resultBytes: number
      durationMs: number | undefined
    }
  /** The user wrote something. `isCommand`: it may be a built-in command, which no model answers. */
  | { type: 'prompt'; uuid: string; isCommand: boolean }
  /** The user stopped the agent. */
  | { type: 'interruption' }
  | { type: 'command'; uuid: string; name: string }
  /** A response of the model, or a part of one: the counts of a streamed response grow. */
  | { type: 'response'; requestId: string; model: string | undefined; usage: JsonObject }
  /** A new message of the model. By then it knows all results of its message before. */
  | { type: 'message'; messageId: string }
  /** The call that started a sub-agent. */
  | { type: 'agent'; agentId: string; callId: string }

/** A part of a record that cannot be used. */
export type Flaw = 'call_without_id_or_name' | 'result_without_id'

export interface RecordFacts {
  readonly recordType: string
  readonly sessionId: string | undefined
  readonly atMs: number | undefined
  /** The current prompt, in records of the user. Records of the agent carry none. */
  readonly promptId: string | undefined
  /** Undefined for side chains of old versions, which mix several threads in one file without ids. */
  readonly thread: string | undefined
  readonly agentId: string | undefined
  readonly version: string | undefined
  readonly attributionSkill: string | undefined
  /** Name of the folder that the agent worked in. */
  readonly repository: string | undefined
  readonly branch: string | undefined
  readonly facts: readonly Fact[]
  readonly flaws: readonly Flaw[]
}

/** The facts of one record. Unknown types and fields are ignored, as the format is not specified. */
export function readRecord(record: JsonObject): RecordFacts {
  const facts: Fact[] = []
  const flaws: Flaw[] = []
  const recordType = textOf(record, 'type') ?? 'none'
  if (recordType === 'assistant') readAssistant(record, facts, flaws)
  if (recordType === 'user') readUser(record, facts, flaws)
  if (recordType === 'system' && record.subtype === 'local_command')
    readCommand(record, textOf(record, 'content'), facts)
  if (recordType === 'progress') readAgentProgress(record, facts)
  const agentId = textOf(record, 'agentId')
  return {
    recordType,
    sessionId: textOf(record, 'sessionId'),
    atMs: instantOf(record),
    promptId: nameOf(textOf(record, 'promptId')),
    thread: agentId ?? (record.isSidechain === true ? undefined : 'main'),
    agentId,
    version: textOf(record, 'version'),
    attributionSkill: commandName(textOf(record, 'attributionSkill')),
    repository: folderName(textOf(record, 'cwd')),
    branch: nameOf(textOf(record, 'gitBranch')),
    facts,
    flaws,
  }
}

function readAssistant(record: JsonObject, facts: Fact[], flaws: Flaw[]): void {
  if (!isObject(record.message)) return
  const messageId = textOf(record.message, 'id')
  const model = nameOf(textOf(record.message, 'model'))
  // Synthetic messages are written by Claude Code, not by the model: they say nothing about results and
  // used no tokens.
  if (record.message.model !== '<synthetic>') {
    if (messageId !== undefined) facts.push({ type: 'message', messageId })
    const requestId = nameOf(textOf(record, 'requestId') ?? messageId)
    if (requestId !== undefined && isObject(record.message.usage)) {
      facts.push({ type: 'response', requestId, model, usage: record.message.usage })
    }
  }
  for (const block of blocksOf(record.message, 'tool_use')) {
    const [id, toolName] = [textOf(block, 'id'), textOf(block, 'name')]
    if (id === undefined || toolName === undefined) flaws.push('call_without_id_or_name')
    else
      facts.push({
        type: 'call',
        id,
        toolName,
        input: isObject(block.input) ? block.input : {},
        messageId,
        model,
      })
  }
}

function readUser(record: JsonObject, facts: Fact[], flaws: Flaw[]): void {
  if (!isObject(record.message)) return
  const results = blocksOf(record.message, 'tool_result')
  // A record has one detail. With several results it cannot be assigned.
  const detail = results.length === 1 && isObject(record.toolUseResult) ? record.toolUseResult : undefined
  for (const block of results) {
    const id = textOf(block, 'tool_use_id')
    if (id === undefined) flaws.push('result_without_id')
    else facts.push(...resultFacts(id, block, detail))
  }
  if (results.length > 0) return
  const text = firstText(record.message.content)
  readPrompt(record, text, facts)
  readCommand(record, text, facts)
}

/** What Claude Code itself writes as a message of the user begins like one of these. */
const NOT_BY_USER = /^<(?:local-command-|bash-|task-notification|system-reminder)/
const INTERRUPTION = /^\[Request interrupted by user/

function readPrompt(record: JsonObject, text: string | undefined, facts: Fact[]): void {
  const uuid = nameOf(textOf(record, 'uuid'))
  if (uuid === undefined || record.isMeta === true || isOfSubAgent(record)) return
  if (record.isCompactSummary === true || record.sourceToolUseID !== undefined) return
  if (text !== undefined && INTERRUPTION.test(text)) facts.push({ type: 'interruption' })
  else if (text === undefined || !NOT_BY_USER.test(text)) {
    facts.push({ type: 'prompt', uuid, isCommand: text !== undefined && typedCommand(text) !== undefined })
  }
}

function isOfSubAgent(record: JsonObject): boolean {
  return record.isSidechain === true || textOf(record, 'agentId') !== undefined
}

function resultFacts(id: string, block: JsonObject, detail: JsonObject | undefined): Fact[] {
  const text = contentText(block.content)
  const agentId = detail && textOf(detail, 'agentId')
  return [
    {
      type: 'result',
      id,
      isError: block.is_error === true,
      text,
      resultBytes: Buffer.byteLength(text),
      durationMs: detail && durationOf(detail),
    },
    ...(agentId === undefined ? [] : [{ type: 'agent', agentId, callId: id } as const]),
  ]
}

function readCommand(record: JsonObject, text: string | undefined, facts: Fact[]): void {
  const uuid = textOf(record, 'uuid')
  if (text === undefined || uuid === undefined) return
  if (record.isMeta === true || record.isSidechain === true || record.sourceToolUseID !== undefined) return
  const name = typedCommand(text)
  if (name !== undefined) facts.push({ type: 'command', uuid, name })
}

function readAgentProgress(record: JsonObject, facts: Fact[]): void {
  if (!isObject(record.data) || record.data.type !== 'agent_progress') return
  const [agentId, callId] = [textOf(record.data, 'agentId'), textOf(record, 'parentToolUseID')]
  if (agentId !== undefined && callId !== undefined) facts.push({ type: 'agent', agentId, callId })
}

function blocksOf(message: JsonObject, type: string): JsonObject[] {
  const { content } = message
  return Array.isArray(content) ? content.filter((block) => isObject(block) && block.type === type) : []
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((block) => (isObject(block) ? (textOf(block, 'text') ?? '') : '')).join('')
}

function firstText(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  const [block] = Array.isArray(content) ? content : []
  return isObject(block) && block.type === 'text' ? textOf(block, 'text') : undefined
}

/** The time that the tool itself measured, if it did. */
function durationOf(detail: JsonObject): number | undefined {
  const value = detail.durationMs ?? detail.totalDurationMs
  return typeof value === 'number' && value >= 0 ? value : undefined
}

/** Undefined for text that cannot be a name, as ingest would refuse the whole item. */
function nameOf(text: string | undefined): string | undefined {
  const isName = text && text.length <= NAME_LENGTH_MAX && !/[\p{Cc}\p{Cs}]/u.test(text)
  return isName ? text : undefined
}

function instantOf(record: JsonObject): number | undefined {
  const ms = Date.parse(textOf(record, 'timestamp') ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
