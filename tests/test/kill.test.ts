import { setTimeout as sleep } from 'node:timers/promises'
import { createSender } from '@skillwatch/client'
import { openReader, type Reader, readChanges, recount, snapshot, streamPosition } from '@skillwatch/db'
import { machineNowMs, type RunningProcess, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { type Call, digestOfInvocation, endOf, makeCalls, startOf } from './support/calls.ts'
import { runCli } from './support/cli.ts'
import { type Follower, follow } from './support/follower.ts'
import { BODY_FORMS, post } from './support/post.ts'
import { chooseSeed, type Random, seededRandom } from './support/random.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'
import { turnsDerived } from './support/turns-derived.ts'

const KILLS = 20
const PROJECT_ID = 1

/** The calls whose start, and those whose end, ingest answered with a 2xx. */
interface Answered {
  readonly started: Map<string, Call>
  readonly ended: Map<string, Call>
}

test('ingest is killed 20 times: all it accepted is stored once, stream clients stay connected', async () => {
  const random = seededRandom(chooseSeed('kill'))
  await using skillwatch = await createSkillwatch()
  let ingest = await skillwatch.start('ingest')
  await skillwatch.start('ws-gateway')
  using followers = startFollowers(skillwatch)
  await until(() => followers.all.every((each) => each.isSubscribed))

  const answered: Answered = { started: new Map(), ended: new Map() }
  const stop = new AbortController()
  const senders = startSenders(skillwatch.urls.ingest, answered, random, stop.signal)
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await killUnderLoad(ingest, answered, random)
    ingest = await skillwatch.start('ingest')
  }
  // The last ingest accepts what the senders still send.
  stop.abort()
  await senders

  expect(answered.ended.size).toBeGreaterThan(0)
  expectStored(skillwatch, answered)
  await turnsDerived(skillwatch.databaseUrl)
  await expectFollowersComplete(skillwatch, followers.all)
  expect(await runCli(['recount'], skillwatch.env)).toMatchObject({ code: 0 })
})

function startFollowers({ urls }: Skillwatch): Disposable & { all: Follower[] } {
  const all = Array.from({ length: 5 }, () => follow(urls['ws-gateway']))
  return {
    all,
    [Symbol.dispose]() {
      for (const each of all) each[Symbol.dispose]()
    },
  }
}

/** Kills ingest at a random moment after its first answer, so that it is killed at work. */
async function killUnderLoad(
  ingest: RunningProcess,
  { started, ended }: Answered,
  random: Random,
): Promise<void> {
  const before = started.size + ended.size
  await until(() => started.size + ended.size > before, {
    timeoutMs: 60_000,
    what: 'an answer of the new ingest',
  })
  await sleep(random.next() * 250)
  ingest.kill('SIGKILL')
  expect(await ingest.exited).toEqual({ code: null, signal: 'SIGKILL' })
}

/** Two senders that retry as the client does, and two that send each request once and drop what failed. */
async function startSenders(
  ingestUrl: string,
  answered: Answered,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const client = createSender({
    url: ingestUrl,
    batchItemsMax: 200,
    attemptsMax: 10_000,
    backoff: { delayMs: 20, delayMsMax: 200 },
  })
  const persistent = (name: string) =>
    untilStopped(name, answered, random, signal, async (observations) => {
      const { rejectedCount } = await client.send(observations)
      expect(rejectedCount).toBe(0)
      return true
    })
  const careless = (name: string) =>
    untilStopped(name, answered, random, signal, async (observations) => {
      try {
        const response = await post(ingestUrl, observations, random.pick(BODY_FORMS))
        // The status is the answer, also when the kill cuts off the body.
        await response.arrayBuffer().catch(() => undefined)
        return response.ok
      } catch {
        await sleep(20)
        return false
      }
    })
  await Promise.all([persistent('p1'), persistent('p2'), careless('c1'), careless('c2')])
}

async function untilStopped(
  name: string,
  { started, ended }: Answered,
  random: Random,
  signal: AbortSignal,
  send: (observations: ReturnType<typeof startOf>[]) => Promise<boolean>,
): Promise<void> {
  for (let batch = 0; !signal.aborted; batch += 1) {
    const calls = makeCalls(random, random.pick([1, 10, 100, 300]), `${name}-${batch}`)
    if (await send(calls.map(startOf))) for (const call of calls) started.set(call.invocation_id, call)
    const ending = calls.filter((call) => call.outcome !== 'running')
    if (ending.length > 0 && (await send(ending.map(endOf)))) {
      for (const call of ending) ended.set(call.invocation_id, call)
    }
  }
}

/** Everything is read from one commit, as turns are still derived from the last calls. */
function expectStored({ databaseUrl }: Skillwatch, answered: Answered): void {
  using reader = openReader(databaseUrl)
  snapshot(reader, () => expectStoredIn(reader, answered))
}

function expectStoredIn(reader: Reader, { started, ended }: Answered): void {
  const rows = reader.sqlite
    .prepare(
      `select invocation_id, count(*) as row_count, max(outcome) as outcome
       from skill_invocation group by 1`,
    )
    .all() as { invocation_id: string; row_count: number; outcome: string }[]
  const stored = new Map(rows.map((row) => [row.invocation_id, row]))
  expect(rows.filter((row) => row.row_count !== 1)).toEqual([])
  expect([...started.keys()].filter((id) => !stored.has(id))).toEqual([])
  const wrongEnds = [...ended.values()].filter(
    (call) => stored.get(call.invocation_id)?.outcome !== call.outcome,
  )
  expect(wrongEnds).toEqual([])

  const log = reader.sqlite
    .prepare(
      `select count(*) as changes, min("offset") as first, max("offset") as last,
        count(distinct case when op = 'insert' and entity = 0 then row_id end) as inserted,
        sum(op = 'insert' and entity = 0) as inserts
       from skill_change where project_id = ?`,
    )
    .get(PROJECT_ID)
  const { last_offset } = streamPosition(reader, PROJECT_ID)
  expect(log).toEqual({
    changes: last_offset,
    first: 1,
    last: last_offset,
    inserted: rows.length,
    inserts: rows.length,
  })
  expect(readChanges(reader, PROJECT_ID, last_offset, 1)).toEqual([])
  expect(recount(reader, machineNowMs())).toEqual([])
}

async function expectFollowersComplete(
  { databaseUrl }: Skillwatch,
  followers: readonly Follower[],
): Promise<void> {
  using reader = openReader(databaseUrl)
  const { last_offset } = streamPosition(reader, PROJECT_ID)
  await until(() => followers.every((each) => each.failure !== undefined || each.offset === last_offset), {
    timeoutMs: 60_000,
    what: `all stream clients at offset ${last_offset}`,
  })
  const inserted = new Map<string, string>()
  for (let from = 0; from < last_offset; ) {
    const page = readChanges(reader, PROJECT_ID, from, 1_000)
    for (const change of page) {
      if ('invocation' in change)
        inserted.set(change.invocation.invocation_id, digestOfInvocation(change.invocation))
    }
    from = page.at(-1)!.offset
  }
  for (const each of followers) {
    expect(each.failure).toBeUndefined()
    expect(each.disconnects).toBe(0)
    const received = new Map(
      [...each.invocations].map(([id, invocation]) => [id, digestOfInvocation(invocation)]),
    )
    expect(received.size).toBe(inserted.size)
    expect([...inserted].filter(([id, digest]) => received.get(id) !== digest)).toEqual([])
  }
}
