import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli, runHere } from '../run-cli.ts'
import { ownEnvironment, record, startService } from '../stack.ts'

test('skillwatch alone shows what was recorded in the last seven days and what to type next', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  expect((await runCli([], own.env)).stderr).toContain('Nothing was recorded yet')
  await record(own, { skill_name: 'pdf-fill', session_id: 's', outcome: 'failed' })
  // Uses are derived some hundred milliseconds later.
  const { code, stdout } = await until(async () => {
    const result = await runHere([], own.env)
    return result.stdout.includes(' use,') && result
  })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^1 session, 1 call: 1 skill\n1 failed, 0 refused, 0 still running$/m)
  expect(stdout).toMatch(/^ {2}pdf-fill {2}skill {4}1 use, 0 calls$/m)
  expect(stdout).toMatch(/^ {2}skillwatch tail /m)
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

test('without a server skillwatch alone says how to start one', async () => {
  using own = await ownEnvironment()
  const { code, stderr } = await runHere([], own.env)
  expect(code).toBe(1)
  expect(stderr).toContain('start it with `npm start`')
})

test('the window of the overview can be changed, and an empty one names the last call', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  await record(own, {
    skill_name: 'pdf-fill',
    session_id: 's',
    invoked_at: '2026-01-05T10:00:00Z',
    outcome: 'completed',
  })
  expect((await runHere([], own.env)).stderr).toContain('the last call was on 2026-01-05')
  const { stdout } = await runHere(['overview', '--since', '2026-01-01', '--json'], own.env)
  expect(JSON.parse(stdout)).toMatchObject({ kinds: [{ kind: 'skill', invocation_count: 1 }] })
})
