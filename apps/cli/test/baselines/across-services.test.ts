import type { Baseline, BaselineRun } from '@skillwatch/schema'
import { machineNowMs } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

const stack = new AsyncDisposableStack()
let own: OwnEnvironment
beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
}, 60_000)
afterAll(() => stack.disposeAsync())

let ids = 0

/** Calls of each person: every one completes as often as they say of its ten calls. */
function callsOf(
  skill_name: string,
  completed: Readonly<Record<string, number>>,
  more: object = {},
): object[] {
  return Object.entries(completed).flatMap(([user_id, count]) =>
    Array.from({ length: 10 }, (_, index) => ({
      ...{ invocation_id: `call-${ids++}`, skill_name, session_id: `session of ${user_id}`, user_id },
      invoked_at: machineNowMs() - 3_600_000,
      outcome: index < count ? 'completed' : 'failed',
      elapsed_ms: 2_500,
      ...more,
    })),
  )
}

const run = (...args: string[]) => runHere(args, own.env)

async function analysed(...args: string[]) {
  const { stdout, stderr, code } = await run('analyse', 'baselines', '--json', ...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

async function shown(...args: string[]): Promise<{ run: BaselineRun; items: Baseline[] }> {
  return JSON.parse((await run('baselines', '--json', ...args)).stdout)
}

test('before the first run, a note says how to compute baselines', async () => {
  const { code, stdout, stderr } = await run('baselines')
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain('No baselines were computed yet: `skillwatch analyse baselines` computes')
})

test('what ingest recorded is computed, stored and shown; what could show one person is withheld', async () => {
  const everyone = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((id) => [id, 9]),
  )
  const { a, b, c, d } = everyone as Record<string, number>
  await record(
    own,
    ...callsOf('plan', { ...everyone, j: 0 }),
    ...callsOf('few', { a: a!, b: b!, c: c!, d: d! }),
    ...callsOf('anonymous', everyone, { user_id: undefined }),
  )
  const report = await analysed()
  expect(report).toMatchObject({
    project: 'default',
    persons: 10,
    withheld: { too_few_persons: 2, mostly_one_person: 0, calls_without_user: 100 },
    stored: { inserted: 1, updated: 0, deleted: 0, unchanged: 0, skipped: 0 },
  })
  const { run: stored, items } = await shown()
  expect(stored).toMatchObject({ since: report.since, until: report.until, withheld: report.withheld })
  expect(items).toMatchObject([
    {
      ...{ kind: 'skill', skill_name: 'plan', total_users: 10, total_invocations: 100 },
      ...{ global_completion_rate: 0.8, global_avg_duration_seconds: 2, effectiveness_percentile: null },
    },
  ])
  expect(items[0]).not.toHaveProperty('user_hash')
})

test('the same calls again change nothing', async () => {
  const before = await shown()
  expect((await analysed()).stored).toMatchObject({ inserted: 0, updated: 0, deleted: 0, unchanged: 1 })
  expect((await shown()).items).toEqual(before.items)
})

test('in a table, notes say from what it is and what is withheld', async () => {
  const { stdout, stderr } = await run('baselines')
  expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
    'SKILL  PERSONS  CALLS  COMPLETED  INTERVAL  PERCENTILE  PLACES  DURATION  PHASE',
    'plan       10+   100+        80%    44-97%           -       -     2.0 s  -',
    '',
  ])
  const words = stderr.replaceAll(/\s+/g, ' ')
  expect(words).toMatch(/^Computed .* from the calls of at least 10 persons from .* to .*\./)
  expect(words).toContain('Withheld: 2 skills that fewer than 5 persons used 5 times each.')
  expect(words).toContain('At least 100 calls of no known user')
})

test('two persons more and one fewer change the numbers at the next run, by steps of their rounding', async () => {
  await record(own, ...callsOf('few', { e: 9, f: 9 }))
  const text = await run('analyse', 'baselines')
  expect(text.stdout).toMatch(
    /^Stored 2 baselines \(1 new, 0 changed, 1 as before, 0 deleted\), from the calls/,
  )
  expect((await shown('few')).items).toMatchObject([{ total_users: 5, total_invocations: 50 }])
  expect((await run('delete', '--user', 'j', '--yes')).code).toBe(0)
  // The stored numbers are those of the last run.
  expect((await shown('plan')).items).toMatchObject([{ total_users: 10, global_completion_rate: 0.8 }])
  expect((await analysed()).stored).toMatchObject({ updated: 1, unchanged: 1 })
  expect((await shown('plan')).items).toMatchObject([{ total_users: 5, total_invocations: 50 }])
  expect((await run('delete', '--user', 'a', '--yes')).code).toBe(0)
  expect((await run('delete', '--user', 'b', '--yes')).code).toBe(0)
  expect(await analysed()).toMatchObject({ withheld: { too_few_persons: 2 }, stored: { deleted: 1 } })
  expect((await shown()).items.map(({ skill_name }) => skill_name)).toEqual(['plan'])
})

test('a deleted skill takes its baseline with it', async () => {
  expect((await run('delete', '--skill', 'plan', '--kind', 'skill', '--yes')).code).toBe(0)
  expect((await shown()).items).toEqual([])
  const { stdout, stderr } = await run('baselines', 'plan')
  expect(stdout).toBe('')
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/^"plan" has no baseline\. A baseline needs 5 persons/)
})

test.each([
  [['--until', '2999-01-01'], 'in the future'],
  [['--since', '1d', '--until', '2d'], '--since must be before --until'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run('analyse', 'baselines', ...args)
  expect(code).toBe(2)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
})
