import { createHash } from 'node:crypto'
import type { Prediction, Workflow } from '@skillwatch/schema'
import { machineNowMs } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const SESSIONS = 240

const stack = new AsyncDisposableStack()
let own: OwnEnvironment
beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
}, 60_000)
afterAll(() => stack.disposeAsync())

/** True for a quarter of the sessions, in no order. */
function isLucky(index: number): boolean {
  return createHash('sha256').update(String(index)).digest()[0]! < 64
}

/**
 * Sessions over 60 days, every second one in the other order: `deploy` completes in `setup`, and in
 * `verify` one time in four.
 */
const CALLS = Array.from({ length: SESSIONS }, (_, index) => index).flatMap((index) => {
  const startMs = machineNowMs() - 60 * DAY_MS + (index / SESSIONS) * 59.9 * DAY_MS
  const phases = index % 2 === 0 ? ['setup', 'verify'] : ['verify', 'setup']
  return phases.map((workflow_phase, order) => ({
    ...{
      invocation_id: `${index}-${order}`,
      skill_name: 'deploy',
      session_id: `s-${index}`,
      workflow_phase,
    },
    invoked_at: Math.floor(startMs) + order * 5 * MINUTE_MS,
    ended_at: Math.floor(startMs) + order * 5 * MINUTE_MS + 2_000,
    outcome: workflow_phase === 'setup' || isLucky(index) ? 'completed' : 'failed',
    execution_ms: 2_000,
  }))
})

const FAILED = CALLS.filter(({ outcome }) => outcome === 'failed').length

const run = (...args: string[]) => runHere(args, own.env, { columns: 80 })
const widthsOf = (text: string) => Math.max(...text.split('\n').map(({ length }) => length))

test('before a run, notes say how to compute predictions and the workflow', async () => {
  await record(own, { ...CALLS[0], session_id: 'first', invocation_id: 'first' })
  const predicted = await run('predict', 'deploy')
  expect(predicted.stdout).toContain('no model was computed yet')
  expect(predicted.stderr).toContain('skillwatch analyse predictions')
  const { code, stdout, stderr } = await run('workflow')
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain('skillwatch analyse workflow')
})

test('what ingest recorded is judged, stored and answered, with the scores of both', async () => {
  for (let index = 0; index < CALLS.length; index += 200)
    await record(own, ...CALLS.slice(index, index + 200))
  const analysed = await run('analyse', 'predictions', '--time-zone', 'UTC')
  expect(analysed.code).toBe(0)
  expect(analysed.stdout.replaceAll('\n', ' ')).toContain('1 skill: 1 with a model that is better')
  const { stdout } = await run('predict', 'deploy', '--phase', 'verify')
  expect(stdout.replaceAll('\n', ' ')).toContain('From a model, which was better than the base rate of 6')
  expect(stdout).toMatch(/^Brier +0\.\d{3} +0\.\d{3} +0$/m)
  expect(widthsOf(stdout)).toBeLessThanOrEqual(80)
  const shown = async (...args: string[]) =>
    JSON.parse((await run('predict', 'deploy', '--json', ...args)).stdout) as Prediction
  const [setup, verify] = [await shown('--phase', 'setup'), await shown('--phase', 'verify', '--at', '12h')]
  expect(setup.probability).toBeGreaterThan(0.85)
  expect(verify.probability).toBeLessThan(0.5)
  expect(verify.judgement!.brier).toBeLessThan(verify.judgement!.base_brier)
  expect(Date.parse(verify.at)).toBeGreaterThan(machineNowMs() + 11 * 60 * MINUTE_MS)
})

test('the workflow is computed, stored and shown in tables and a heat map of 80 columns', async () => {
  const analysed = await run('analyse', 'workflow')
  expect(analysed.stdout).toContain('2 phases and 2 transitions from 481 calls with a phase')
  const { stdout } = await run('workflow')
  expect(stdout).toMatch(/^setup +241 +100%/m)
  expect(stdout).toMatch(/^setup → verify +120 +100% +4 m 58 s +120$/m)
  expect(stdout).toMatch(/^verify {2}[·░▒▓█]{24} {2}[·░▒▓█]{7}$/m)
  expect(widthsOf(stdout)).toBeLessThanOrEqual(80)
  const workflow = JSON.parse((await run('workflow', '--json', '--phase', 'verify')).stdout) as Workflow
  expect(workflow.phases).toMatchObject([{ workflow_phase: 'verify', calls: 240, failed: FAILED }])
  expect(workflow.bottlenecks).toMatchObject([
    { failed_ms: FAILED * 2_000, skill: { skill_name: 'deploy' } },
  ])
})

test.each([
  [['predict', 'unknown'], 'no call of unknown is recorded'],
  [['predict', 'deploy', '--at', 'soon'], 'Expected a time from now on such as 3h'],
  [['analyse', 'workflow', '--since', '1d', '--until', '2d'], '--since must be before --until'],
])('%j says what is wrong', async (args, text) => {
  const { code, stderr } = await run(...args)
  expect(code).not.toBe(0)
  expect(stderr.replaceAll('\n', ' ')).toContain(text)
})
