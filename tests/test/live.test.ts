import type { StreamFilter } from '@skillwatch/schema'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  type Call,
  digestOfCall,
  digestOfInvocation,
  endOf,
  makeCalls,
  passes,
  startOf,
} from './support/calls.ts'
import { runCli } from './support/cli.ts'
import { type Follower, follow } from './support/follower.ts'
import { BODY_FORMS, record } from './support/post.ts'
import { chooseSeed, type Random, seededRandom } from './support/random.ts'
import { readInvocations, readSkills, samplesOf } from './support/read.ts'
import { followWithSdk } from './support/sdk-follower.ts'
import { createSkillwatch } from './support/skillwatch.ts'
import { turnsDerived } from './support/turns-derived.ts'

const CALLS = 20_000
const SENDERS = 4
const CUTS = 10
const FILTERS: readonly (StreamFilter | undefined)[] = [
  undefined,
  { kind: 'skill' },
  { kind: ['tool', 'mcp'], workflow_phase: 'setup' },
  { skill_name: 'pdf-fill' },
  { session_id: ['session-1', 'session-2', 'session-3'] },
  { outcome: ['failed', 'rejected'] },
  { skill_name: 'quick.v2', outcome: 'completed' },
  { workflow_phase: 'no such phase' },
]

test('20,000 live invocations are equal in 50 streams, ten of them cut, in reads and metrics', async () => {
  const random = seededRandom(chooseSeed('live'))
  await using skillwatch = await createSkillwatch()
  await skillwatch.start('ingest')
  await Promise.all([skillwatch.start('ws-gateway'), skillwatch.start('exporter')])
  const { ingest: ingestUrl, 'ws-gateway': gatewayUrl, exporter: exporterUrl } = skillwatch.urls

  using clients = startClients(gatewayUrl)
  await until(() => clients.all.every((client) => client.isSubscribed), {
    timeoutMs: 60_000,
    what: '50 subscriptions',
  })

  const calls = makeCalls(random, CALLS)
  const cuts = cutAtRandom(clients.all, random)
  await sendAll(ingestUrl, calls, random, cuts.onSent)
  expect(cuts.left()).toBe(0)

  await turnsDerived(skillwatch.databaseUrl)
  const { offset } = (await (await fetch(`${gatewayUrl}/v1/stream`)).json()) as { offset: number }
  await until(
    () => clients.all.every((client) => client.failure !== undefined || client.offset === offset),
    {
      timeoutMs: 180_000,
      what: `all clients at offset ${offset}`,
    },
  )
  expect(clients.all.map((client) => client.failure).filter((failure) => failure !== undefined)).toEqual([])
  expect(clients.all.filter((client) => client.disconnects > 0).length).toBeGreaterThanOrEqual(CUTS)
  for (const client of clients.all) expectSameSet(client, calls)

  await expectReadsAgree(gatewayUrl, calls)
  await expectMetricsAgree(exporterUrl, calls, offset)
  expect(await runCli(['recount'], skillwatch.env)).toMatchObject({ code: 0 })
})

function startClients(gatewayUrl: string): Disposable & { all: Follower[] } {
  const all = Array.from({ length: 50 }, (_, index) => {
    const filter = FILTERS[index % FILTERS.length]
    return index % 3 === 2 ? followWithSdk(gatewayUrl, filter) : follow(gatewayUrl, filter)
  })
  return {
    all,
    [Symbol.dispose]() {
      for (const client of all) client[Symbol.dispose]()
    },
  }
}

/** Ten clients, each with the number of sent observations after which it is cut. */
function cutAtRandom(clients: readonly Follower[], random: Random) {
  const victims = [...clients].sort(() => random.next() - 0.5).slice(0, CUTS)
  const due = victims.map((client) => ({ client, atSent: random.between(1, 2 * CALLS - 2_000) }))
  let sent = 0
  return {
    onSent(count: number) {
      sent += count
      for (const cut of due.filter((each) => each.atSent <= sent)) {
        cut.client.cut()
        due.splice(due.indexOf(cut), 1)
      }
    },
    left: () => due.length,
  }
}

/**
 * Sends the calls in shares, one for each sender. The end of a call is sent up to some batches after or
 * before its start.
 */
async function sendAll(
  ingestUrl: string,
  calls: readonly Call[],
  random: Random,
  onSent: (count: number) => void,
): Promise<void> {
  const sender = async (share: readonly Call[]) => {
    const queue = shuffledNearby(
      share.flatMap((call) =>
        call.outcome === 'running' ? [() => startOf(call)] : [() => startOf(call), () => endOf(call)],
      ),
      random,
    )
    while (queue.length > 0) {
      const batch = queue.splice(0, random.pick([1, 7, 50, 200, 1_000])).map((make) => make())
      await record(ingestUrl, batch, random.pick(BODY_FORMS))
      onSent(batch.length)
    }
  }
  const shares = Array.from({ length: SENDERS }, (_, index) =>
    calls.filter((_call, at) => at % SENDERS === index),
  )
  await Promise.all(shares.map(sender))
}

/** Each item moves by up to 300 places. */
function shuffledNearby<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item, index) => ({ item, place: index + random.between(0, 300) }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item)
}

function expectSameSet(client: Follower, calls: readonly Call[]): void {
  const expected = calls.filter((call) => passes(call, client.filter)).map(digestOfCall)
  const received = [...client.invocations.values()].map(digestOfInvocation)
  expect(difference(expected, received), `missing under ${JSON.stringify(client.filter)}`).toEqual([])
  expect(difference(received, expected), `too many under ${JSON.stringify(client.filter)}`).toEqual([])
}

async function expectReadsAgree(gatewayUrl: string, calls: readonly Call[]): Promise<void> {
  const invocations = await readInvocations(gatewayUrl)
  expect(invocations).toHaveLength(CALLS)
  const received = invocations.map(digestOfInvocation)
  expect(difference(calls.map(digestOfCall), received)).toEqual([])

  const skills = await readSkills(gatewayUrl)
  const summed = skills.map(({ kind, skill_name, ...skill }) => [
    `${kind} ${skill_name}`,
    {
      invocation_count: skill.invocation_count,
      completed_count: skill.completed_count,
      failed_count: skill.failed_count,
      rejected_count: skill.rejected_count,
      abandoned_count: skill.abandoned_count,
      running_count: skill.running_count,
      execution_count: skill.execution.count,
      execution_ms: skill.execution.sum_ms,
    },
  ])
  const expected = [...bySkill(calls)].map(([name, own]) => {
    const count = (outcome: string) => own.filter((call) => call.outcome === outcome).length
    const worked = own.filter(isWorked)
    return [
      name,
      {
        invocation_count: own.length,
        completed_count: count('completed'),
        failed_count: count('failed'),
        rejected_count: count('rejected'),
        abandoned_count: count('abandoned'),
        running_count: count('running'),
        execution_count: worked.length,
        execution_ms: worked.reduce((sum, call) => sum + call.execution_ms, 0),
      },
    ]
  })
  expect(Object.fromEntries(summed)).toEqual(Object.fromEntries(expected))
}

async function expectMetricsAgree(
  exporterUrl: string,
  calls: readonly Call[],
  offset: number,
): Promise<void> {
  const exposition = await (await fetch(`${exporterUrl}/metrics`)).text()
  const sumOf = (name: string, labels: Record<string, string>) =>
    samplesOf(exposition, name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, sample) => sum + sample.value, 0)

  for (const own of bySkill(calls).values()) {
    const { kind, skill_name } = own[0]!
    const ended = own.filter((call) => call.outcome !== 'running')
    const completed = ended.filter((call) => call.outcome === 'completed')
    const worked = own.filter(isWorked)
    const labels = { kind, skill_name }
    expect(sumOf('skill_invocations_total', { ...labels, completed: 'true' })).toBe(completed.length)
    expect(sumOf('skill_invocations_total', { ...labels, completed: 'false' })).toBe(
      ended.length - completed.length,
    )
    expect(sumOf('skill_duration_seconds_count', labels)).toBe(worked.length)
    expect(sumOf('skill_duration_seconds_sum', labels)).toBeCloseTo(
      worked.reduce((sum, call) => sum + call.execution_ms / 1_000, 0),
      3,
    )
    expect(sumOf('skill_completion_rate', labels)).toBeCloseTo(completed.length / ended.length, 9)
  }
  expect(sumOf('skillwatch_change_offset', {})).toBe(offset)
  expect(sumOf('active_sessions_total', {})).toBe(new Set(calls.map((call) => call.session_id)).size)
}

function isWorked({ outcome }: Call): boolean {
  return outcome === 'completed' || outcome === 'failed'
}

function bySkill(calls: readonly Call[]): Map<string, Call[]> {
  return Map.groupBy(calls, ({ kind, skill_name }) => `${kind} ${skill_name}`)
}

/** The first ten that are in the left list only. */
function difference(left: readonly string[], right: readonly string[]): string[] {
  const others = new Set(right)
  return left.filter((each) => !others.has(each)).slice(0, 10)
}
