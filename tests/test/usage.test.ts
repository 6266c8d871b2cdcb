import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReader, recount } from '@skillwatch/db'
import type { UsageItem, UsageReply } from '@skillwatch/schema'
import { machineNowMs, sharedData } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli } from './support/cli.ts'
import { describeWith, type Part } from './support/parts.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'

const transcripts: Part = {
  name: 'folder of real sessions (shared/data beside the repository)',
  isPresent: () => sharedData() !== undefined,
}

interface Counts {
  responses: number
  input_tokens: number
  output_tokens: number
  cache_read_tokens: number
  cache_creation_tokens: number
}

/** One response of a model as the raw lines of all files report it. */
interface Response extends Omit<Counts, 'responses'> {
  readonly request_id: string
  readonly model: string
  readonly session: string
  readonly branch: string
  readonly day: string
  readonly at: string
}

interface RawRecord {
  readonly type?: string
  readonly requestId?: string
  readonly sessionId: string
  readonly gitBranch?: string
  readonly timestamp: string
  readonly message?: {
    readonly id: string
    readonly model: string
    readonly usage?: Record<string, number>
  }
}

const folder = () => join(sharedData()!, 'claude-code')

function transcriptFiles(): string[] {
  const paths = readdirSync(folder(), { recursive: true, encoding: 'utf8' })
  return paths.filter((path) => path.endsWith('.jsonl')).map((path) => join(folder(), path))
}

/** Reads the files as JSON alone, and keeps of each response the largest counts. */
function countResponses(): Response[] {
  const responses = new Map<string, Response>()
  for (const path of transcriptFiles()) {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (line.trim() === '') continue
      const { type, message, requestId, sessionId, gitBranch, timestamp } = JSON.parse(line) as RawRecord
      if (type !== 'assistant' || message?.usage === undefined || message.model === '<synthetic>') continue
      const key = `${message.id} ${requestId}`
      const known = responses.get(key)
      const largest = (name: keyof Omit<Counts, 'responses'>, field: string) =>
        Math.max(known?.[name] ?? 0, message.usage![field] ?? 0)
      responses.set(key, {
        request_id: requestId ?? message.id,
        model: message.model,
        session: sessionId,
        branch: gitBranch ?? '',
        day: (known?.at ?? timestamp).slice(0, 10),
        at: known?.at ?? timestamp,
        input_tokens: largest('input_tokens', 'input_tokens'),
        output_tokens: largest('output_tokens', 'output_tokens'),
        cache_read_tokens: largest('cache_read_tokens', 'cache_read_input_tokens'),
        cache_creation_tokens: largest('cache_creation_tokens', 'cache_creation_input_tokens'),
      })
    }
  }
  return [...responses.values()]
}

function sumBy(responses: readonly Response[], group: 'model' | 'session' | 'branch' | 'day') {
  const sums = new Map<string, Counts>()
  for (const response of responses) {
    const known = sums.get(response[group])
    sums.set(response[group], {
      responses: (known?.responses ?? 0) + 1,
      input_tokens: (known?.input_tokens ?? 0) + response.input_tokens,
      output_tokens: (known?.output_tokens ?? 0) + response.output_tokens,
      cache_read_tokens: (known?.cache_read_tokens ?? 0) + response.cache_read_tokens,
      cache_creation_tokens: (known?.cache_creation_tokens ?? 0) + response.cache_creation_tokens,
    })
  }
  return Object.fromEntries([...sums].toSorted())
}

async function usage({ urls }: Skillwatch, query: string): Promise<UsageReply> {
  const reply = await fetch(`${urls['ws-gateway']}/v1/usage?since=2020-01-01T00:00:00Z&${query}`)
  expect(reply.status).toBe(200)
  return (await reply.json()) as UsageReply
}

async function usageBy(skillwatch: Skillwatch, group: 'model' | 'session' | 'branch' | 'day') {
  const { items } = await usage(skillwatch, `by=${group}`)
  // Calls without a model, and commands that no model answered, are items of their own.
  const answered = items.filter(({ responses }) => responses > 0)
  return Object.fromEntries(answered.map((item) => [item[group] ?? '', countsOf(item)]).toSorted())
}

function countsOf(item: UsageItem): Counts {
  const { responses, input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens } = item
  return { responses, input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens }
}

async function expectCounted(skillwatch: Skillwatch, responses: readonly Response[]): Promise<void> {
  for (const group of ['model', 'session', 'branch', 'day'] as const)
    expect(await usageBy(skillwatch, group)).toEqual(sumBy(responses, group))
  using reader = openReader(skillwatch.databaseUrl)
  expect(recount(reader, machineNowMs())).toEqual([])
}

async function importFolder(skillwatch: Skillwatch, path: string, ...options: string[]): Promise<void> {
  const { code, stderr } = await runCli(['import', 'claude-code', path, ...options], skillwatch.env)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

/** The same responses as Claude Code's log events report them, with their cost. */
function toLogEvents(responses: readonly Response[], costUsd: number) {
  const logRecords = responses.map((response) => ({
    timeUnixNano: `${BigInt(Date.parse(response.at)) * 1_000_000n}`,
    body: { stringValue: 'claude_code.api_request' },
    attributes: Object.entries({
      'session.id': response.session,
      request_id: response.request_id,
      model: response.model,
      input_tokens: response.input_tokens,
      output_tokens: response.output_tokens,
      cache_read_tokens: response.cache_read_tokens,
      cache_creation_tokens: response.cache_creation_tokens,
      cost_usd: costUsd,
    }).map(([key, value]) => ({ key, value: { stringValue: String(value) } })),
  }))
  return { resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ scope: {}, logRecords }] }] }
}

describeWith(transcripts, 'tokens of real sessions', () => {
  test('equal a count of the raw lines, also when they are imported again', async () => {
    const responses = countResponses()
    await using skillwatch = await createSkillwatch()
    await skillwatch.start('ingest')
    await skillwatch.start('ws-gateway')
    await importFolder(skillwatch, folder())
    await expectCounted(skillwatch, responses)
    await importFolder(skillwatch, folder(), '--restart')
    await expectCounted(skillwatch, responses)
  }, 120_000)

  test('are the same when the files are imported in the opposite order, one by one', async () => {
    await using skillwatch = await createSkillwatch()
    await skillwatch.start('ingest')
    await skillwatch.start('ws-gateway')
    for (const [index, path] of transcriptFiles().toReversed().entries()) {
      const single = join(skillwatch.folder, `single-${index}`, 'project')
      mkdirSync(single, { recursive: true })
      copyFileSync(path, join(single, 'session.jsonl'))
      await importFolder(skillwatch, join(single, '..'))
    }
    await expectCounted(skillwatch, countResponses())
  }, 120_000)

  test('count once when OpenTelemetry reports the same responses, and take over its cost', async () => {
    const responses = countResponses()
    await using skillwatch = await createSkillwatch()
    await skillwatch.start('ingest')
    await skillwatch.start('ws-gateway')
    const reply = await fetch(`${skillwatch.urls.ingest}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(toLogEvents(responses, 0.25)),
    })
    expect(await reply.json()).toEqual({})
    await importFolder(skillwatch, folder())
    await expectCounted(skillwatch, responses)
    expect((await usage(skillwatch, 'by=agent')).totals).toMatchObject({
      responses: responses.length,
      cost_usd: responses.length * 0.25,
      cost_source: 'reported',
      unpriced_responses: 0,
    })
  }, 120_000)
})
