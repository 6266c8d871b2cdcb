import { openReader } from '@skillwatch/db'
import { anObservation, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli, runHere, startCli } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

/** Made by the first migration. */
const DEFAULT_PROJECT_ID = 1

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
  expect([first.code, second.code]).toEqual([0, 0])
  const { run_id, project, started, outcomes, sent } = JSON.parse(first.stdout)
  expect(first.stderr).toContain('SKILLWATCH_PROJECT=simulation')
  expect(project).toBe('simulation')
  expect(started).toBe(600)
  expect(sent).toMatchObject({ duplicates: 0, rejected: 0 })
  expect(JSON.parse(second.stdout).run_id).not.toBe(run_id)
  expect(countRows(own)).toBe(1_200)
  expect(countRows(own, `project_id = ${DEFAULT_PROJECT_ID}`)).toBe(0)
  expect(countRows(own, "outcome = 'running'")).toBe(0)
  expect(countRows(own, `outcome = 'failed' and invocation_id like '${run_id}-%'`)).toBe(
    outcomes.failed ?? 0,
  )
}, 60_000)

test('simulated calls are apart from real ones, and are read by the name of their project', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  await record(own, anObservation({ skill_name: 'my-own' }))
  const line = ['simulate', '--rate', '50', '--duration', '0.2', '--project', 'Büro 8']
  expect(await runHere(line, own.env)).toMatchObject({ code: 0 })
  const calls = (project: string) =>
    runHere(['tail', '--no-follow', '--json'], { ...own.env, SKILLWATCH_PROJECT: project })
  expect((await calls('default')).stdout).toContain('my-own')
  expect((await calls('Büro 8')).stdout).not.toContain('my-own')
  expect((await calls('Büro 8')).stdout.split('\n').length).toBeGreaterThan(2)
  const unknown = await calls('typo')
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    expect.stringMatching(/the request is for project "typo"/),
  ])
}, 60_000)

test('a key simulates in its own project only, and the refusal names both projects', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const key = (await runHere(['keys', 'create', '--name', 'ci', '--scope', 'ingest'], own.env)).stdout.trim()
  const env = { ...own.env, SKILLWATCH_API_KEY: key }
  const short = ['simulate', '--rate', '50', '--duration', '0.1']
  const refused = await runHere(short, env)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/opens project "default", the request is for project "simulation"/)
  expect(countRows(own)).toBe(0)
  expect((await runHere([...short, '--project', 'default'], env)).code).toBe(0)
  expect(countRows(own)).toBeGreaterThan(0)
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
