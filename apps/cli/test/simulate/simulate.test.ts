import { openReader } from '@skillwatch/db'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli, runHere, startCli } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'

function countRows({ env }: OwnEnvironment, where = '1'): number {
  using reader = openReader(env.SKILLWATCH_DATABASE_URL!)
  return (
    reader.sqlite.prepare(`select count(*) as count from skill_invocation where ${where}`).get() as {
      count: number
    }
  ).count
}

test('rate times duration calls are recorded, none keeps running, and two runs have different ids', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const args = ['simulate', '--rate', '300', '--duration', '2', '--seed', '5', '--json']
  const [first, second] = [await runCli(args, own.env), await runCli(args, own.env)]
  expect([first.code, second.code, first.stderr]).toEqual([0, 0, ''])
  const { run_id, started, outcomes, sent } = JSON.parse(first.stdout)
  expect(started).toBe(600)
  expect(sent).toMatchObject({ duplicates: 0, rejected: 0 })
  expect(JSON.parse(second.stdout).run_id).not.toBe(run_id)
  expect(countRows(own)).toBe(1_200)
  expect(countRows(own, "outcome = 'running'")).toBe(0)
  expect(countRows(own, `outcome = 'failed' and invocation_id like '${run_id}-%'`)).toBe(
    outcomes.failed ?? 0,
  )
}, 60_000)

test('calls are seen while they run, and Ctrl-C ends them as abandoned', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const options = { env: own.env, ready: async () => countRows(own, "outcome = 'running'") > 5 }
  await using simulation = await startCli(['simulate', '--rate', '50', '--duration', '600'], options)
  simulation.kill('SIGINT')
  await simulation.exited
  await until(() => countRows(own) > 0 && countRows(own, "outcome = 'running'") === 0)
  expect(countRows(own, "outcome = 'abandoned'")).toBeGreaterThan(0)
  expect(simulation.output()).toContain('Stopped early')
}, 60_000)

test('wrong options and a missing server end with their exit codes', async () => {
  using own = await ownEnvironment()
  expect((await runHere(['simulate', '--rate', '0'], own.env)).code).toBe(2)
  expect((await runHere(['simulate', '--seed', 'x'], own.env)).code).toBe(2)
  const { code, stderr } = await runCli(['simulate', '--duration', '1'], own.env)
  expect(code).toBe(1)
  expect(stderr).toContain('npm start')
}, 30_000)
