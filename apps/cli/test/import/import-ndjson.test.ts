import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReader } from '@skillwatch/db'
import { expect, test } from 'vitest'
import { CLI_BIN, runCli, runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

function rowsOf({ env }: OwnEnvironment): Record<string, unknown>[] {
  using reader = openReader(env.SKILLWATCH_DATABASE_URL!)
  return reader.sqlite.prepare('select * from skill_invocation order by invocation_id').all() as never
}

/** The columns that an import copies; the others belong to one database, or to one witness. */
function importedColumns({
  row_id,
  user_hash,
  witnesses,
  received_at_ms,
  sole_record,
  live_series_id,
  live_execution_ms,
  ...imported
}: Record<string, unknown>) {
  return imported
}

test('pages of REST are imported into another Skillwatch whole, and a second time change nothing', async () => {
  using first = await ownEnvironment()
  using second = await ownEnvironment()
  await using _ingest = await startService('ingest', first)
  await using _gateway = await startService('ws-gateway', first)
  await using _other = await startService('ingest', second)
  const call = { session_id: 's', invoked_at: '2026-11-01T09:30:00Z', user_id: 'u-17' }
  await record(
    first,
    {
      ...call,
      invocation_id: 'a',
      skill_name: 'pdf-fill',
      outcome: 'completed',
      execution_ms: 12.5,
      rating: 4,
    },
    { ...call, invocation_id: 'b', skill_name: 'deploy', outcome: 'failed', error_type: 'TimeoutError' },
    {
      ...call,
      invocation_id: 'c',
      kind: 'tool',
      skill_name: 'Read',
      outcome: 'running',
      attributes: { 'a.b': 1 },
    },
  )
  const page = await (await fetch(`http://127.0.0.1:${first.ports['ws-gateway']}/v1/invocations`)).text()
  const path = join(second.env.HOME!, 'page.json')
  writeFileSync(path, page)

  const { code, stdout } = await runCli(['import', 'ndjson', path, '--json'], second.env)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    invocations: 3,
    sent: { accepted: 3, rejected: 0 },
    ignored_fields: { user_hash: 3 },
  })
  const rows = rowsOf(second)
  expect(rows.map(importedColumns)).toEqual(rowsOf(first).map(importedColumns))
  expect(rows.every(({ witnesses, user_hash }) => witnesses === 'import' && user_hash === null)).toBe(true)

  expect((await runCli(['import', 'ndjson', path, '--restart'], second.env)).stdout).toContain(
    '0 accepted, 3 known',
  )
  expect(rowsOf(second)).toEqual(rows)
}, 60_000)

test('standard input is imported too', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const { runProgram } = await import('@skillwatch/testkit')
  const lines = '{"skill_name":"a","session_id":"s","outcome":"completed"}\\n{"half'
  const command = `printf '${lines}' | "${process.execPath}" "${CLI_BIN}" import ndjson -`
  const { code, stdout, stderr } = await runProgram({ command: 'sh', args: ['-c', command], env: own.env })
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('1 accepted')
  expect(stdout).toContain('1 × the line is not JSON')
  expect(rowsOf(own)).toMatchObject([{ skill_name: 'a', witnesses: 'sdk' }])
}, 60_000)

test('errors say what to do', async () => {
  using own = await ownEnvironment()
  const missing = await runHere(['import', 'ndjson', '/no/such.ndjson'], own.env)
  expect(missing).toMatchObject({ code: 1, stdout: '' })
  expect(missing.stderr).toContain('/no/such.ndjson does not exist')
  expect((await runHere(['import', 'ndjson', own.env.HOME!], own.env)).stderr).toContain('is not a file')
})

test('a file without any usable item ends with 1, and an incomplete last line is reported', async () => {
  using own = await ownEnvironment()
  const path = join(own.env.HOME!, 'lines.ndjson')
  const dryRun = () => runHere(['import', 'ndjson', path, '--dry-run'], own.env)
  writeFileSync(path, '{"name":"pdf-fill"}\n'.repeat(3))
  const wrong = await dryRun()
  expect(wrong.code).toBe(1)
  expect(wrong.stdout).toMatch(/^skipped +3 × \/name is not a known field/m)
  writeFileSync(path, '{"skill_name":"a","session_id":"s"}\n{"name":1}\n{"skill_name":"a","sess')
  const mixed = await dryRun()
  expect(mixed.code).toBe(0)
  expect(mixed.stdout).toMatch(/^unfinished +the last line is incomplete; the next run reads it$/m)
})
