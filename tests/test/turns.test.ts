import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openReader, recount } from '@skillwatch/db'
import type { Turn, Use } from '@skillwatch/schema'
import { machineNowMs, sharedData } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli } from './support/cli.ts'
import { describeWith, type Part } from './support/parts.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'

const transcripts: Part = {
  name: 'folder of real sessions (shared/data beside the repository)',
  isPresent: () => sharedData() !== undefined,
}

// biome-ignore lint/suspicious/noExplicitAny: the raw lines have no specified form
type Raw = any

interface CountedUse {
  readonly name: string
  readonly session: string
  calls: number
  failed: number
  /** Of responses that began after it, in its conversation. */
  output_tokens: number
}

interface CountedTurn {
  readonly session: string
  calls: number
  failed: number
  responses: number
  output_tokens: number
}

/** What the lines of one conversation, of the main agent or of a sub-agent, say one after the other. */
interface Conversation {
  readonly records: readonly Raw[]
  readonly agentId: string | undefined
}

const folder = () => join(sharedData()!, 'claude-code')

function transcriptPaths(): string[] {
  const paths = readdirSync(folder(), { recursive: true, encoding: 'utf8' })
  return paths.filter((path) => path.endsWith('.jsonl'))
}

function conversations(): Conversation[] {
  return transcriptPaths().map((path) => {
    const lines = readFileSync(join(folder(), path), 'utf8').split('\n')
    const isAgent = basename(dirname(path)) === 'subagents'
    return {
      records: lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line)),
      agentId: isAgent ? basename(path).slice('agent-'.length, -'.jsonl'.length) : undefined,
    }
  })
}

const blocks = (record: Raw, type: string): Raw[] =>
  Array.isArray(record.message?.content) ? record.message.content.filter((b: Raw) => b.type === type) : []

const textOf = (record: Raw): string => {
  const { content } = record.message
  return typeof content === 'string' ? content : (content.find((b: Raw) => b.type === 'text')?.text ?? '')
}

/** Lines that a person wrote to the model. */
function isPrompt(record: Raw): boolean {
  if (record.type !== 'user' || record.isSidechain || record.isMeta || record.isCompactSummary) return false
  if (blocks(record, 'tool_result').length > 0) return false
  return !/^(?:<local-command|<bash-|<task-notification|\[Request interrupted)/.test(textOf(record))
}

const isCommand = (record: Raw) => /^\s*<command-/.test(textOf(record))
const isBuiltIn = (record: Raw) => /<command-name>\/(?:clear|exit)</.test(textOf(record))

/** Which calls failed for another reason than a refusal, as their results say. */
function failures(all: readonly Conversation[]): ReadonlySet<string> {
  const failed = new Set<string>()
  for (const { records } of all) {
    for (const result of records.flatMap((record) => blocks(record, 'tool_result'))) {
      const text = JSON.stringify(result.content ?? '')
      const isRefusal = /doesn't want to|user rejected|requires approval|haven't granted/i.test(text)
      if (result.is_error === true && !isRefusal) failed.add(result.tool_use_id)
    }
  }
  return failed
}

/** The largest counts of each response, over all lines that repeat it. */
function outputTokens(all: readonly Conversation[]): ReadonlyMap<string, number> {
  const tokens = new Map<string, number>()
  for (const record of all.flatMap(({ records }) => records)) {
    if (record.type !== 'assistant' || record.message.model === '<synthetic>') continue
    const id = record.requestId ?? record.message.id
    tokens.set(id, Math.max(tokens.get(id) ?? 0, record.message.usage?.output_tokens ?? 0))
  }
  return tokens
}

/**
 * Walks through each conversation once, in the order of its lines, as a person would count with a pencil.
 */
function count(all: readonly Conversation[]) {
  const failed = failures(all)
  const tokens = outputTokens(all)
  const turns = new Map<string, CountedTurn>()
  const uses: CountedUse[] = []
  const seen = new Set<string>()
  const agents = new Map<string, { use: CountedUse; turn: CountedTurn | undefined }>()
  const starts = new Map<string, { use: CountedUse; turn: CountedTurn | undefined }>()
  const sorted = all.toSorted((a, b) => Number(a.agentId !== undefined) - Number(b.agentId !== undefined))
  for (const { records, agentId } of sorted) {
    const start = agentId === undefined ? undefined : agents.get(agentId)
    let turn = start?.turn
    let use = start?.use
    let command: Raw
    const begin = (record: Raw) => {
      const key = record.promptId ?? record.uuid
      turn = turns.get(key) ?? {
        session: record.sessionId,
        calls: 0,
        failed: 0,
        responses: 0,
        output_tokens: 0,
      }
      turns.set(key, turn)
      use = undefined
    }
    const add = (target: CountedTurn | CountedUse | undefined, id: string) => {
      if (target === undefined) return
      target.calls += 1
      if (failed.has(id)) target.failed += 1
    }
    for (const record of records) {
      if (agentId === undefined && isPrompt(record)) {
        if (!isCommand(record)) begin(record)
        else if (isBuiltIn(record)) uses.push(aUse('command', record))
        else command = record
      }
      if (record.type === 'assistant' && record.message.model !== '<synthetic>') {
        if (command !== undefined) {
          begin(command)
          use = aUse('command', command)
          uses.push(use)
          add(turn, 'command')
          command = undefined
        }
        const id = record.requestId ?? record.message.id
        if (!seen.has(id) && record.message.usage) {
          seen.add(id)
          if (turn !== undefined) {
            turn.responses += 1
            turn.output_tokens += tokens.get(id)!
          }
          if (use !== undefined) use.output_tokens += tokens.get(id)!
        }
      }
      for (const { id, name, input } of blocks(record, 'tool_use')) {
        if (seen.has(id)) continue
        seen.add(id)
        add(turn, id)
        const isUse = name === 'Skill' || name === 'Agent' || name === 'Task'
        // A skill that the main agent chooses ends the skill before it. Calls of a sub-agent are inside it.
        const owner = name === 'Skill' ? start?.use : use
        add(isUse ? owner : use, id)
        if (!isUse) continue
        const started = aUse(
          name === 'Skill' ? 'skill' : 'agent',
          record,
          input.skill ?? input.subagent_type,
        )
        uses.push(started)
        if (name === 'Skill' && !failed.has(id)) use = started
        if (name !== 'Skill') starts.set(id, { use: started, turn })
      }
      for (const { tool_use_id } of blocks(record, 'tool_result')) {
        const started = starts.get(tool_use_id)
        if (started && record.toolUseResult?.agentId) agents.set(record.toolUseResult.agentId, started)
      }
    }
  }
  return { turns: [...turns.values()], uses }
}

function aUse(kind: string, record: Raw, name?: string): CountedUse {
  const command = /<command-name>\/?([^<]*)</.exec(kind === 'command' ? textOf(record) : '')?.[1]
  return {
    name: `${kind} ${name ?? command}`,
    session: record.sessionId,
    calls: 0,
    failed: 0,
    output_tokens: 0,
  }
}

async function read<Item>({ urls }: Skillwatch, path: string): Promise<Item[]> {
  const reply = await fetch(`${urls['ws-gateway']}${path}?limit=1000`)
  expect(reply.status).toBe(200)
  return ((await reply.json()) as { items: Item[] }).items
}

const sorted = <Row extends object>(rows: readonly Row[]) =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

async function recorded(skillwatch: Skillwatch) {
  const turns = (await read<Turn>(skillwatch, '/v1/turns')).map(
    ({ session_id, calls, failed_calls, responses, output_tokens }): CountedTurn => ({
      session: session_id,
      calls,
      failed: failed_calls,
      responses,
      output_tokens,
    }),
  )
  const uses = (await read<Use>(skillwatch, '/v1/uses')).map(
    ({ kind, skill_name, session_id, calls, failed_calls, output_tokens }): CountedUse => ({
      name: `${kind} ${skill_name}`,
      session: session_id,
      calls,
      failed: failed_calls,
      output_tokens,
    }),
  )
  return { turns: sorted(turns), uses: sorted(uses) }
}

async function startSkillwatch(): Promise<Skillwatch> {
  const skillwatch = await createSkillwatch()
  await skillwatch.start('ingest')
  await skillwatch.start('ws-gateway')
  return skillwatch
}

async function importInto(skillwatch: Skillwatch, path: string, ...options: string[]): Promise<void> {
  const { code, stderr } = await runCli(['import', 'claude-code', path, ...options], skillwatch.env)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

async function expectCounted(skillwatch: Skillwatch): Promise<void> {
  const { turns, uses } = count(conversations())
  expect([turns.length, uses.length]).toEqual([13, 13])
  await expect
    .poll(() => recorded(skillwatch), { timeout: 30_000 })
    .toEqual({ turns: sorted(turns), uses: sorted(uses) })
  using reader = openReader(skillwatch.databaseUrl)
  expect(recount(reader, machineNowMs())).toEqual([])
}

describeWith(transcripts, 'turns and uses of real sessions', () => {
  test('equal a count of the raw lines, also when they are imported again', async () => {
    await using skillwatch = await startSkillwatch()
    await importInto(skillwatch, folder())
    await expectCounted(skillwatch)
    await importInto(skillwatch, folder(), '--restart')
    await expectCounted(skillwatch)
  }, 120_000)

  test('are the same when the files appear one by one, the last first', async () => {
    await using skillwatch = await startSkillwatch()
    const copy = join(skillwatch.folder, 'transcripts')
    for (const path of transcriptPaths().toReversed()) {
      mkdirSync(dirname(join(copy, path)), { recursive: true })
      copyFileSync(join(folder(), path), join(copy, path))
      await importInto(skillwatch, copy)
    }
    await expectCounted(skillwatch)
  }, 120_000)

  test('are the same beside the log events of the same sessions', async () => {
    await using skillwatch = await startSkillwatch()
    const reply = await fetch(`${skillwatch.urls.ingest}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(toLogEvents(conversations())),
    })
    expect(await reply.json()).toEqual({})
    await importInto(skillwatch, folder())
    await expectCounted(skillwatch)
  }, 120_000)
})

/**
 * Prompts, results of tools and responses as Claude Code's log events report them, of versions that name
 * prompts.
 */
function toLogEvents(all: readonly Conversation[]) {
  const logRecords = all.flatMap(({ records }) => {
    let promptId: string | undefined
    return records.flatMap((record) => {
      const isNewPrompt = record.promptId !== undefined && record.promptId !== promptId
      promptId = record.promptId ?? promptId
      if (promptId === undefined) return []
      const common = { 'session.id': record.sessionId, 'prompt.id': promptId }
      const isTyped = isNewPrompt && record.isSidechain !== true
      const prompts = isTyped ? [aLogEvent(record, 'user_prompt', common)] : []
      const results = blocks(record, 'tool_result').map(({ tool_use_id, is_error }) =>
        aLogEvent(record, 'tool_result', {
          ...common,
          tool_use_id,
          tool_name: 'custom_tool',
          success: String(is_error !== true),
        }),
      )
      const isResponse = record.type === 'assistant' && record.requestId !== undefined
      const request = { ...common, request_id: record.requestId, model: record.message?.model }
      return [...prompts, ...results, ...(isResponse ? [aLogEvent(record, 'api_request', request)] : [])]
    })
  })
  return { resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ scope: {}, logRecords }] }] }
}

function aLogEvent(record: Raw, name: string, attributes: Record<string, string>) {
  return {
    timeUnixNano: `${BigInt(Date.parse(record.timestamp)) * 1_000_000n}`,
    body: { stringValue: `claude_code.${name}` },
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
  }
}
