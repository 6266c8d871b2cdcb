import type { Experiment, ExperimentDetail } from '@skillwatch/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'

const stack = new AsyncDisposableStack()
let own: OwnEnvironment
beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
}, 60_000)
afterAll(() => stack.disposeAsync())

const run = (...args: string[]) => runHere(['experiment', ...args], own.env)
const words = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

async function shown(name: string): Promise<ExperimentDetail> {
  return JSON.parse((await run('show', name, '--json')).stdout)
}

const USERS = Array.from({ length: 400 }, (_, index) => `user-${index}`)

/** Sends records in one request, as the client does. */
async function send(records: readonly object[]): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${own.ports.ingest}/v1/experiment-records`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(records),
  })
  expect(await response.json()).toMatchObject({ accepted: records.length, rejected: [] })
}

test('without experiments a note says how to create one', async () => {
  const { code, stdout, stderr } = await run('list')
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain('`skillwatch experiment create` creates an experiment')
})

test('an experiment is created, filled, shown and concluded', async () => {
  const strategies = ['--control', 'old', '--treatment', 'new']
  const created = await run('create', 'prompts', ...strategies, '--description', 'Shorter prompts')
  expect([created.code, words(created.stderr)]).toEqual([
    0,
    'Experiment prompts is running. `skillwatch experiment assign` assigns its users.',
  ])
  const groups = JSON.parse((await run('assign', 'prompts', ...USERS, '--dry-run', '--json')).stdout) as {
    user_id: string
    group_name: string
  }[]
  await send(USERS.map((user_id) => ({ type: 'assignment', test_name: 'prompts', user_id })))
  await send(
    groups.map(({ user_id, group_name }, index) => ({
      ...{ type: 'outcome', test_name: 'prompts', user_id, skill_name: 'plan', outcome_id: user_id },
      completed: group_name === 'control' ? index % 2 === 0 : index % 20 !== 0,
      duration_seconds: 12,
    })),
  )
  const { stdout } = await runHere(['experiment', 'show', 'prompts'], own.env, { columns: 80 })
  const lines = stdout.split('\n')
  expect(lines[0]).toMatch(/^prompts, running since \d{4}-\d\d-\d\d \d\d:\d\d$/)
  expect(lines[1]).toBe('Shorter prompts')
  expect(lines.every((line) => line.length <= 80)).toBe(true)
  expect(words(stdout)).toMatch(
    /completion_rate \* [45]\d\.\d% 9\d\.\d% \+4\d\.\d pt \+\d\d\.\d to \+\d\d\.\d pt <0\.001/,
  )
  expect(words(stdout)).toMatch(/duration_seconds 12\.0 s 12\.0 s ×1\.00/)
  expect(words(stdout)).toContain('treatment: The treatment strategy is better by completion_rate')
  const concluded = await run('conclude', 'prompts', '--json')
  const { status, analysis } = JSON.parse(concluded.stdout) as ExperimentDetail
  expect([status, analysis.verdict]).toEqual(['concluded', 'treatment'])
  expect(await shown('prompts')).toMatchObject({ analysis })
})

test('a concluded experiment assigns no user, and says so', async () => {
  const { code, stderr } = await run('assign', 'prompts', 'eve')
  expect([code, words(stderr)]).toEqual([
    1,
    expect.stringMatching(/answered 409: experiment "prompts" is concluded$/),
  ])
})

test('users are assigned as --dry-run said, and outcomes are stored once', async () => {
  await run('create', 'second', '--control', 'a', '--treatment', 'b', '--ratio', '0.3')
  const dry = await run('assign', 'second', 'ada', 'bob', 'eve', '--dry-run')
  const stored = await run('assign', 'second', 'ada', 'bob', 'eve')
  expect(stored.stdout).toBe(dry.stdout)
  expect(stored.stdout).toMatch(/^USER {2}GROUP +STRATEGY\nada +(control +a|treatment +b)\n/)
  const record = ['record', 'second', 'ada', '--skill', 'plan', '--seconds', '3', '--id', 'run-1']
  expect(words((await run(...record)).stderr)).toBe('Outcome run-1 is stored.')
  expect(words((await run(...record)).stderr)).toBe('Outcome run-1 was stored before.')
  const { control, treatment } = await shown('second')
  expect(control.users + treatment.users).toBe(3)
  expect(control.users_with_outcomes + treatment.users_with_outcomes).toBe(1)
})

test('an outcome that ingest refuses is named with the reason', async () => {
  const { code, stderr } = await run('record', 'second', 'nobody', '--skill', 'plan')
  expect([code, words(stderr)]).toEqual([
    1,
    expect.stringContaining('the only item was rejected: is of a user who is not assigned to a group'),
  ])
})

test('the list has the newest first, and a stopped experiment is no longer running', async () => {
  expect((await run('stop', 'second')).code).toBe(0)
  const items = JSON.parse((await run('list', '--json')).stdout) as Experiment[]
  expect(items.map(({ test_name, status }) => [test_name, status])).toEqual([
    ['second', 'stopped'],
    ['prompts', 'concluded'],
  ])
  const { stdout } = await run('list', '--status', 'stopped')
  expect(stdout).toMatch(
    /^NAME +STATUS +CONTROL +TREATMENT +NEEDED +CREATED\nsecond +stopped +[01] +[01] +100 /,
  )
})

test.each([
  [['show', 'nothing'], 1, 'answered 404: this project has no such experiment'],
  [['create', 'x', '--control', 'a', '--treatment', 'b', '--ratio', '2'], 2, 'Expected a number from 0.01'],
  [
    ['create', 'x', '--control', 'a', '--treatment', 'b', '--metrics', 'x'],
    2,
    '"x" is not one of completion',
  ],
  [
    ['create', 'x', '--control', 'a', '--treatment', 'b', '--metrics', 'cost_usd'],
    1,
    'the experiment is not acceptable: /min_effect is required when cost_usd is first',
  ],
])('%j ends with %d and says %s', async (args, exitCode, message) => {
  const { code, stderr } = await run(...args)
  expect([code, words(stderr)]).toEqual([exitCode, expect.stringContaining(message)])
})
