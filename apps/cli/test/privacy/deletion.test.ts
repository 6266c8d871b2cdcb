import { dirname } from 'node:path'
import { formatInstant, type Invocation } from '@skillwatch/schema'
import { aFinding, aReport, machineNowMs } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'
import { follow } from './follow.ts'
import { traces } from './traces.ts'

const SESSION = 'doomed-session-3f2a'
const SKILL = 'doomed-skill-pdf'
const QUERY = 'doomed words of a person'
const NOTE = 'doomed note in an attribute'

/**
 * Calls of all sizes in sessions of every kind, scattered, so that pages of the file are split; some are
 * sent twice.
 */
function manyCalls(): Record<string, unknown>[] {
  return Array.from({ length: 1_500 }, (_, index) => {
    const isDoomedSession = index % 5 === 0
    const isDoomedSkill = index % 7 === 0
    const isDoomed = isDoomedSession || isDoomedSkill
    return {
      invocation_id: crypto.randomUUID(),
      session_id: isDoomedSession ? SESSION : `kept-session-${index % 11}`,
      skill_name: isDoomedSkill ? SKILL : `kept-skill-${index % 6}`,
      kind: index % 3 === 0 ? 'command' : 'skill',
      outcome: ['completed', 'failed', 'running'][index % 4] ?? 'completed',
      execution_ms: index,
      user_query: `${isDoomed ? QUERY : 'kept words'} ${'and so on '.repeat(index % 90)}`,
      attributes: { note: `${isDoomed ? NOTE : 'kept note'} ${'x'.repeat(index % 400)}` },
    }
  })
}

/**
 * What OpenTelemetry reports of the session: a skill without its call, a request to a model, the span of a
 * call, one around it.
 */
async function sendTelemetry({ ports }: OwnEnvironment): Promise<void> {
  const attributes = (values: Record<string, string>) =>
    Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const address = `http://127.0.0.1:${ports.ingest}${path}`
    expect((await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(200)
  }
  const at = `${machineNowMs()}000000`
  const log = (name: string, more: Record<string, string>) => ({
    timeUnixNano: at,
    attributes: attributes({
      'event.name': name,
      'session.id': SESSION,
      'prompt.id': 'doomed-prompt',
      ...more,
    }),
  })
  const logRecords = [
    log('skill_activated', { 'skill.name': 'kept-activated' }),
    log('api_request', { model: 'doomed-model', request_id: 'doomed-request', input_tokens: '12' }),
  ]
  await post('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
  const span = (spanId: string, more: object, values: Record<string, string>) => ({
    traceId: '0102030405060708090a0b0c0d0e0f10',
    spanId,
    startTimeUnixNano: at,
    endTimeUnixNano: at,
    attributes: attributes(values),
    ...more,
  })
  const around = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.conversation.id': SESSION }
  const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'kept-tool' }
  const spans = [
    span('0000000000000001', { name: 'invoke_agent' }, { ...around, 'gen_ai.agent.name': 'doomed-agent' }),
    span('0000000000000002', { name: 'execute_tool', parentSpanId: '0000000000000001' }, tool),
  ]
  await post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] })
}

async function read<T>(own: OwnEnvironment, path: string): Promise<{ status: number; body: T }> {
  const response = await fetch(`http://127.0.0.1:${own.ports['ws-gateway']}${path}`)
  return { status: response.status, body: (await response.json()) as T }
}

async function allInvocations(own: OwnEnvironment): Promise<Invocation[]> {
  const items: Invocation[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `/v1/invocations?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const { body } = await read<{ items: Invocation[]; next_cursor: string | null }>(own, path)
    items.push(...body.items)
    cursor = body.next_cursor
  }
  return items
}

/** A finding about the skill, and one that names it as what followed another skill. */
async function sendFindings({ ports }: OwnEnvironment): Promise<void> {
  const untilMs = machineNowMs()
  const opened_at = formatInstant(untilMs)
  const explanation = `${SKILL} followed kept-skill-1 in 40% of 20 cases; expected 10% from 90 cases.`
  const shift = { metric: 'pattern_shift', subtype: 'pattern_shift', explanation } as const
  const findings = [
    aFinding({ finding_id: 'of the skill', skill_name: SKILL, opened_at, explanation: `${SKILL} failed` }),
    aFinding({ finding_id: 'naming it', skill_name: 'kept-skill-1', opened_at, ...shift }),
  ]
  const reply = await fetch(`http://127.0.0.1:${ports.ingest}/v1/findings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(aReport(findings, { sinceMs: untilMs - 1_000, untilMs })),
  })
  expect(await reply.json()).toMatchObject({ inserted: 2 })
}

/** Values of the series of counters, without those of a name. */
async function counters({ ports }: OwnEnvironment, exceptName = '\0'): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${ports.exporter}/metrics`)).text()
  const lines = text
    .split('\n')
    .filter((line) => /^(skill|anomalies)_\w+_(total|bucket|count|sum)\{/.test(line))
  const wanted = lines.filter((line) => !line.includes(exceptName))
  return new Map(
    wanted.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
}

test('after the final receipt REST, stream, metrics, sums and the file hold nothing of it', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  await using _exporter = await startService('exporter', own)
  const folder = dirname(own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', ''))
  await runCli(['project', 'set', '--store-text', 'user_query'], own.env)
  const calls = manyCalls()
  for (let start = 0; start < calls.length; start += 250)
    await record(own, ...calls.slice(start, start + 250))
  const running = calls.filter(({ outcome }) => outcome === 'running')
  await record(own, ...running.map((call) => ({ ...call, outcome: 'completed', witness: 'hook' })))
  await sendTelemetry(own)
  await sendFindings(own)
  const TELEMETRY = ['doomed-prompt', 'doomed-model', 'doomed-request', 'doomed-agent']
  using follower = follow(own.ports['ws-gateway'])
  await follower.reached(calls.length + running.length + 4)
  const before = await allInvocations(own)
  const countedBefore = await counters(own)
  expect(before.length).toBe(calls.length + 2)
  for (const text of [SESSION, SKILL, QUERY, NOTE, ...TELEMETRY])
    expect(traces(folder, [text]), text).not.toEqual([])

  // A session: its calls are gone everywhere, and counters for Prometheus stand where they stood.
  const ofSession = before.filter(({ session_id }) => session_id === SESSION)
  const session = await runCli(['delete', '--session', SESSION, '--yes', '--wait', '--json'], own.env)
  const receipt = JSON.parse(session.stdout)
  expect(receipt).toMatchObject({
    invocations: ofSession.length,
    uncorrelated_observations: 1,
    api_requests: 1,
  })
  expect(traces(folder, [SESSION, ...TELEMETRY])).toEqual([])
  expect((await read(own, `/v1/sessions/${SESSION}`)).status).toBe(404)
  expect((await read(own, `/v1/invocations/${ofSession[0]!.invocation_id}`)).status).toBe(404)
  await follower.reached(receipt.last_offset)
  expect(await counters(own)).toEqual(countedBefore)

  // A skill, of every kind: its series carry its name and go too.
  const ofSkill = before.filter(
    ({ session_id, skill_name }) => session_id !== SESSION && skill_name === SKILL,
  )
  const skill = await runCli(['delete', '--skill', SKILL, '--yes', '--wait', '--json'], own.env)
  const { invocations, last_offset } = JSON.parse(skill.stdout)
  expect(invocations).toBe(ofSkill.length)
  expect(traces(folder, [SESSION, SKILL, QUERY, NOTE])).toEqual([])
  expect((await read(own, `/v1/skills/skill/${SKILL}`)).status).toBe(404)
  const left = before.filter((each) => !ofSession.includes(each) && !ofSkill.includes(each))
  expect(await allInvocations(own)).toEqual(left)
  const countedAfter = await counters(own)
  expect([...countedAfter.keys()].some((series) => series.includes(SKILL))).toBe(false)
  for (const [series, count] of await counters(own, SKILL))
    expect(countedAfter.get(series), series).toBe(count)
  expect(countedAfter).toEqual(new Map([...countedBefore].filter(([series]) => !series.includes(SKILL))))

  // Followers receive each deletion; a reader of the log from its start sees nothing of the deleted rows.
  await follower.reached(last_offset)
  const goneIds = new Set(
    follower.changes().flatMap((change) => ('invocation_id' in change ? [change.invocation_id] : [])),
  )
  expect(goneIds).toEqual(new Set([...ofSession, ...ofSkill].map(({ invocation_id }) => invocation_id)))
  using late = follow(own.ports['ws-gateway'])
  await late.reached(last_offset)
  expect(late.text().includes('doomed')).toBe(false)
  expect(late.changes().filter(({ op }) => op !== 'delete').length).toBeGreaterThan(0)

  expect(await runCli(['recount'], own.env)).toMatchObject({ code: 0 })
  for (const service of [_ingest, _gateway, _exporter])
    expect(service.output().includes('doomed')).toBe(false)
}, 300_000)

test('a person is deleted by the recorded id, also when the service restarted meanwhile', async () => {
  using own = await ownEnvironment()
  const folder = dirname(own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', ''))
  const call = { skill_name: 'pdf-fill', session_id: 's', outcome: 'completed' }
  {
    await using _ingest = await startService('ingest', own)
    await record(
      own,
      { ...call, user_id: 'ann' },
      { ...call, user_id: 'bob' },
      { ...call, user_id: 'ann' },
      call,
    )
  }
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  const hashes = (await allInvocations(own)).flatMap(({ user_hash }) => user_hash ?? [])
  const ofAnn = hashes.find((hash) => hashes.filter((each) => each === hash).length === 2)!
  expect(traces(folder, [ofAnn])).not.toEqual([])
  const { stdout } = await runCli(['delete', '--user', 'ann', '--yes', '--wait', '--json'], own.env)
  // Those that carry the person, and the one that carries none in a session of the person.
  expect(JSON.parse(stdout)).toMatchObject({ invocations: 3 })
  expect((await allInvocations(own)).map(({ user_hash }) => user_hash)).toHaveLength(1)
  expect(traces(folder, [ofAnn])).toEqual([])
  expect(await runCli(['recount'], own.env)).toMatchObject({ code: 0 })
})
