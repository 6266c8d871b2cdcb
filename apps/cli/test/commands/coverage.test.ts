import { expect, test } from 'vitest'
import { runCli, runHere } from '../run-cli.ts'
import { ownEnvironment, record, startService } from '../stack.ts'

test('coverage shows per session and witness what was seen, what was missed, and why', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  expect((await runHere(['coverage'], own.env)).stderr).toContain('Nothing was recorded yet')

  const call = (invocation_id: string, witness: string, more: object = {}) => ({
    invocation_id,
    witness,
    skill_name: 'pdf-fill',
    session_id: 'one',
    outcome: 'completed',
    invoked_at: '2026-11-01T09:30:00Z',
    ...more,
  })
  await record(
    own,
    call('a', 'hook'),
    call('a', 'transcript'),
    call('b', 'transcript', { outcome: 'rejected', kind: 'tool' }),
    call('c', 'hook', { session_id: 'two\u202e' }),
  )
  const { code, stdout } = await runCli(['coverage'], own.env)
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^one +2026-11-01 09:30 +2 +hook +1 +0 +1 +1 tool rejected \(hook\.refused\)\n +transcript +2 +1 +0$/m,
  )
  expect(stdout).toMatch(/^two� +2026-11-01 09:30 +1 +hook +1 +1 +0$/m)
  expect(stdout).toMatch(/^hook\.refused +Only PermissionDenied reports a refusal/m)
  expect(stdout).not.toContain('otel_span')

  const limited = await runHere(['coverage', '--limit', '1'], own.env)
  expect(limited.stderr).toBe('This is the latest active session; --limit shows more.\n')
  const alone = await runHere(['coverage', '--session', 'one', '--json'], own.env)
  expect(JSON.parse(alone.stdout).items).toMatchObject([{ session_id: 'one', invocation_count: 2 }])
  const byPrefix = await runHere(['coverage', '--session', 'tw', '--json'], own.env)
  expect(JSON.parse(byPrefix.stdout).items).toMatchObject([{ session_id: 'two\u202e' }])
  const unknown = await runHere(['coverage', '--session', 'nobody'], own.env)
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(unknown.stderr).toContain('nothing is recorded of session "nobody"')
}, 60_000)

test('without a gateway it says how to start it', async () => {
  using own = await ownEnvironment()
  const { code, stderr } = await runCli(['coverage'], own.env)
  expect(code).toBe(1)
  expect(stderr).toContain('npm start')
})
