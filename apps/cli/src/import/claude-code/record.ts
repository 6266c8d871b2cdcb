import { NAME_LENGTH_MAX } from '@skillwatch/schema'
import { commandName, isObject, type JsonObject, textOf, typedCommand } from '@skillwatch/schema/claude-code'

/** What one line of a transcript says that matters here. */
export type Fact =
  | { type: 'call'; id: string; toolName: string; input: JsonObject; messageId: string | undefined }
  | {
      type: 'result'
      id: string
      isError: boolean
      text: string
      resultBytes: number
      durationMs: number | undefined
    }
  | { type: 'command'; uuid: string; name: string }
  /** The agent went on speaking: a new message of the model, in which all results of the one before are known. */
  | { type: 'message'; messageId: string }
  /** The sub-agent with this id runs inside the call with that one. */
  | { type: 'agent'; agentId: string; callId: string }

/** A line that could not be read as it should. */
export type Flaw = 'call_without_id_or_name' | 'result_without_id'

export interface RecordFacts {
  readonly recordType: string
  readonly sessionId: string | undefined
  readonly atMs: number | undefined
  /** The prompt that was being worked on when a record of the user was written; records of the agent name none. */
  readonly promptId: string | undefined
  /** Undefined where several threads mix in one file and cannot be told apart: side chains of old versions. */
  readonly thread: string | undefined
  readonly agentId: string | undefined
  readonly version: string | undefined
  readonly attributionSkill: string | undefined
  readonly facts: readonly Fact[]
  readonly flaws: readonly Flaw[]
}

/** Facts of one record. Types and fields that are not known are passed over; the format has no promise. */
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
    promptId: promptOf(record),
    thread: agentId ?? (record.isSidechain === true ? undefined : 'main'),
    agentId,
    version: textOf(record, 'version'),
    attributionSkill: commandName(textOf(record, 'attributionSkill')),
    facts,
    flaws,
  }
}

function readAssistant(record: JsonObject, facts: Fact[], flaws: Flaw[]): void {
  if (!isObject(record.message)) return
  const messageId = textOf(record.message, 'id')
  // A synthetic message is written by the program, not the model: it proves nothing about results.
  if (messageId !== undefined && record.message.model !== '<synthetic>')
    facts.push({ type: 'message', messageId })
  for (const block of blocksOf(record.message, 'tool_use')) {
    const [id, toolName] = [textOf(block, 'id'), textOf(block, 'name')]
    if (id === undefined || toolName === undefined) flaws.push('call_without_id_or_name')
    else
      facts.push({ type: 'call', id, toolName, input: isObject(block.input) ? block.input : {}, messageId })
  }
}

function readUser(record: JsonObject, facts: Fact[], flaws: Flaw[]): void {
  if (!isObject(record.message)) return
  const results = blocksOf(record.message, 'tool_result')
  for (const block of results) {
    const id = textOf(block, 'tool_use_id')
    if (id === undefined) {
      flaws.push('result_without_id')
      continue
    }
    // The detail lies beside the message, once per record: with several results it is nobody's.
    const detail = results.length === 1 ? record.toolUseResult : undefined
    const text = contentText(block.content)
    facts.push({
      type: 'result',
      id,
      isError: block.is_error === true,
      text,
      resultBytes: Buffer.byteLength(text),
      durationMs: isObject(detail) ? durationOf(detail) : undefined,
    })
    const agentId = isObject(detail) ? textOf(detail, 'agentId') : undefined
    if (agentId !== undefined) facts.push({ type: 'agent', agentId, callId: id })
  }
  if (results.length === 0) readCommand(record, firstText(record.message.content), facts)
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

/** The tool's own time, where the tool measured it. */
function durationOf(detail: JsonObject): number | undefined {
  const value = detail.durationMs ?? detail.totalDurationMs
  return typeof value === 'number' && value >= 0 ? value : undefined
}

/** What cannot be an id is left out, as ingest would refuse the whole call for it. */
function promptOf(record: JsonObject): string | undefined {
  const id = textOf(record, 'promptId')
  return id !== undefined && id.length <= NAME_LENGTH_MAX && !/[\p{Cc}\p{Cs}]/u.test(id) ? id : undefined
}

function instantOf(record: JsonObject): number | undefined {
  const ms = Date.parse(textOf(record, 'timestamp') ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
