import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openReader, recount, streamPosition } from '@skillwatch/db'
import { machineNowMs, type RunningProcess, runProgram, startProgram, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { chooseSeed, type Random, seededRandom } from './support/random.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'

const TRACKING = fileURLToPath(new URL('./support/track-until-killed.ts', import.meta.url))
const REPLAYING = fileURLToPath(new URL('./support/replay-spool.ts', import.meta.url))
const ROUNDS = 16
const PROJECT_ID = 1
const CUT_LINES = 'spool.unreadable'

/** What happens to ingest while a program tracks and is killed. */
const INGEST_STATUSES = ['running', 'absent', 'stopped', 'killed'] as const

test('calls of killed programs are stored once, also when ingest is absent, stopped or killed', async () => {
  const random = seededRandom(chooseSeed('spool-kill'))
  await using skillwatch = await createSkillwatch()
  const spool = join(skillwatch.folder, 'spool')
  const printed = new Map<string, string>()
  for (let round = 0; round < ROUNDS; round += 1) {
    const status = INGEST_STATUSES[round % INGEST_STATUSES.length]!
    await using ingest = status === 'absent' ? undefined : await skillwatch.start('ingest')
    const lines = await trackUntilKilled(skillwatch, spool, random, () => disturb(ingest, status))
    for (const [event, id] of lines) if (event !== 'tracked' || !printed.has(id)) printed.set(id, event)
    if (status === 'stopped') ingest?.kill('SIGCONT')
  }
  await using _ingest = await skillwatch.start('ingest')
  const replay = await runProgram({
    args: [REPLAYING, skillwatch.urls.ingest, spool],
    cwd: import.meta.dirname,
  })
  expect(replay).toMatchObject({ code: 0 })
  expect(JSON.parse(replay.stdout)).toMatchObject({ isDone: true, recorded: 0, rejected: 0, dropped: 0 })
  expectNothingWaits(join(spool, 'observations'))
  expectStoredOnce(skillwatch, printed)
}, 300_000)

/** Runs a program that tracks until it is killed at a random moment. @returns the events that it printed */
async function trackUntilKilled(
  { urls }: Skillwatch,
  spool: string,
  random: Random,
  meanwhile: () => void,
): Promise<[event: string, id: string][]> {
  const seed = String(Math.floor(random.next() * 1e9))
  const { child, result } = startProgram({ args: [TRACKING, urls.ingest, spool, seed] })
  let hasBegun = false
  child.stdout?.once('data', () => {
    hasBegun = true
  })
  await until(() => hasBegun || child.exitCode !== null, { timeoutMs: 60_000, what: 'a first call' })
  await sleep(random.next() * 100)
  meanwhile()
  await sleep(random.next() * 200)
  child.kill('SIGKILL')
  const { stdout, stderr, signal } = await result
  expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
  // The last line may have been cut by the kill.
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ') as [string, string])
}

function disturb(ingest: RunningProcess | undefined, status: (typeof INGEST_STATUSES)[number]): void {
  if (status === 'stopped') ingest?.kill('SIGSTOP')
  if (status === 'killed') ingest?.kill('SIGKILL')
}

/** A kill may cut a write off. The replay moves such a line, which no program printed, to a file of its own. */
function expectNothingWaits(folder: string): void {
  const names = readdirSync(folder)
  expect(names.filter((name) => name !== CUT_LINES)).toEqual([])
  if (!names.includes(CUT_LINES)) return
  const lines = readFileSync(join(folder, CUT_LINES), 'utf8').split('\n')
  expect(lines.filter((line) => line !== '').length).toBeLessThanOrEqual(ROUNDS)
}

function expectStoredOnce({ databaseUrl }: Skillwatch, printed: ReadonlyMap<string, string>): void {
  using reader = openReader(databaseUrl)
  const rows = reader.sqlite.prepare('select invocation_id, outcome from skill_invocation').all() as {
    invocation_id: string
    outcome: string
  }[]
  const stored = new Map(rows.map((row) => [row.invocation_id, row.outcome]))
  expect(stored.size).toBe(rows.length)
  expect(printed.size).toBeGreaterThan(ROUNDS)
  expect([...printed.keys()].filter((id) => !stored.has(id))).toEqual([])
  const wrongEnds = [...printed].filter(([id, event]) => event !== 'tracked' && stored.get(id) !== event)
  expect(wrongEnds).toEqual([])
  const log = reader.sqlite
    .prepare(
      `select count(*) as changes, sum(op = 'insert' and entity = 0) as inserts
       from skill_change where project_id = ?`,
    )
    .get(PROJECT_ID)
  expect(log).toEqual({ changes: streamPosition(reader, PROJECT_ID).last_offset, inserts: rows.length })
  expect(recount(reader, machineNowMs())).toEqual([])
}
