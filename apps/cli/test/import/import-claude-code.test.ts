import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReader } from '@skillwatch/db'
import { type RunningProcess, sharedData, startProcess, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { CLI_BIN, runCli, runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'
import { aCall, aResult } from './claude-code/records.ts'

const data = sharedData()
const realTest = test.skipIf(data === undefined)

function rowsOf({ env }: OwnEnvironment): unknown[] {
  using reader = openReader(env.SKILLWATCH_DATABASE_URL!)
  const columns =
    'invocation_id, kind, skill_name, session_id, parent_invocation_id, trigger, invoked_at_ms, ended_at_ms, outcome, elapsed_ms, error_type, attributes'
  return reader.sqlite.prepare(`select ${columns} from skill_invocation order by invocation_id`).all()
}

/** A few sessions with many calls: enough for a kill to hit the middle. */
function writeSessions(folder: string, { sessions, calls }: { sessions: number; calls: number }): void {
  mkdirSync(folder, { recursive: true })
  for (let session = 0; session < sessions; session += 1) {
    const sessionId = `session-${session}`
    const records = Array.from({ length: calls }, (_, index) => {
      const id = `toolu_${session}_${index}`
      const second = 10 * index
      const isError = index % 7 === 0
      return [
        aCall(second, id, { sessionId }),
        ...(index % 50 === 49 ? [] : [aResult(second + 2, id, { sessionId, isError })]),
      ]
    })
    writeFileSync(
      join(folder, `${sessionId}.jsonl`),
      records
        .flat()
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    )
  }
}

realTest(
  'the real sessions come in whole, once, and again changes nothing',
  async () => {
    using own = await ownEnvironment()
    await using _ingest = await startService('ingest', own)
    const { totals } = JSON.parse(readFileSync(join(data!, 'manifest.json'), 'utf8'))
    const args = ['import', 'claude-code', join(data!, 'claude-code')]

    const first = await runCli([...args, '--json'], own.env)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    // Four commands, one of which is seen to begin a prompt when a model answers it.
    expect(JSON.parse(first.stdout).sent).toMatchObject({
      accepted: totals.tool_calls + 5,
      duplicates: 0,
      rejected: 0,
    })
    const rows = rowsOf(own) as { kind: string; outcome: string }[]
    const calls = rows.filter(({ kind }) => kind !== 'command')
    expect(calls.length).toBe(totals.tool_calls)
    expect(calls.filter(({ outcome }) => outcome === 'failed' || outcome === 'rejected').length).toBe(
      totals.errors,
    )

    const second = await runCli(args, own.env)
    expect(second.code).toBe(0)
    expect(second.stdout).toContain('15 unchanged')
    expect(second.stdout).toContain('0 accepted')
    expect(rowsOf(own)).toEqual(rows)

    const restarted = await runCli([...args, '--restart', '--json'], own.env)
    expect(restarted.code).toBe(0)
    expect(rowsOf(own)).toEqual(rows)
  },
  60_000,
)

test('an importer killed at any point and run again ends in the same rows', async () => {
  using straight = await ownEnvironment()
  using killed = await ownEnvironment()
  const folder = join(straight.env.HOME!, 'projects')
  writeSessions(folder, { sessions: 5, calls: 1_200 })
  const args = ['import', 'claude-code', folder, '--json']
  {
    await using _ingest = await startService('ingest', straight)
    expect((await runCli(args, straight.env)).code).toBe(0)
  }
  await using _ingest = await startService('ingest', killed)
  let kills = 0
  for (let rows = 0; kills < 20; kills += 1) {
    const importer = await startImporter(args, killed)
    // Each round gets some rows further before the kill, until one gets through.
    const isDone = await raceForRows(importer, killed, rows + 500)
    if (isDone) break
    importer.kill('SIGKILL')
    await importer.exited
    rows = rowCount(killed)
  }
  expect(kills).toBeGreaterThan(0)
  expect((await runCli(args, killed.env)).code).toBe(0)
  expect(rowsOf(killed)).toEqual(rowsOf(straight))
  const again = await runCli(args, killed.env)
  expect(JSON.parse(again.stdout)).toMatchObject({
    files: { unchanged: 5 },
    sent: { accepted: 0, duplicates: 0 },
  })
}, 120_000)

function startImporter(args: string[], { env }: OwnEnvironment): Promise<RunningProcess> {
  return startProcess({ args: [CLI_BIN, ...args], env, ready: async () => true })
}

/** Whether the importer ended by itself before there were that many rows. */
async function raceForRows(importer: RunningProcess, own: OwnEnvironment, rows: number): Promise<boolean> {
  let hasEnded = false
  void importer.exited.then(() => {
    hasEnded = true
  })
  await until(() => hasEnded || rowCount(own) >= rows, { timeoutMs: 30_000 })
  return hasEnded
}

function rowCount({ env }: OwnEnvironment): number {
  using reader = openReader(env.SKILLWATCH_DATABASE_URL!)
  return (reader.sqlite.prepare('select count(*) as count from skill_invocation').get() as { count: number })
    .count
}

test('a session that grows is followed run by run', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const folder = join(own.env.HOME!, '.claude', 'projects', 'p')
  mkdirSync(folder, { recursive: true })
  const lines = [
    aCall(1, 'a'),
    aResult(2, 'a'),
    aCall(3, 'b'),
    aResult(5, 'b', { isError: true, text: 'Exit code 2' }),
  ]
  const text = lines.map((record) => `${JSON.stringify(record)}\n`).join('')
  for (const share of [0.2, 0.4, 0.6, 0.8, 1]) {
    writeFileSync(join(folder, 's.jsonl'), text.slice(0, Math.floor(text.length * share)))
    // Without a folder: that of Claude Code itself.
    expect((await runCli(['import', 'claude-code'], own.env)).code).toBe(0)
  }
  expect(rowsOf(own)).toMatchObject([
    { invocation_id: 'a', outcome: 'completed', elapsed_ms: 1_000 },
    { invocation_id: 'b', outcome: 'failed', error_type: 'exit_code_2', elapsed_ms: 2_000 },
  ])
}, 60_000)

test('a session that was resumed copies its history: each call is stored once', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const folder = join(own.env.HOME!, 'projects')
  mkdirSync(folder)
  const history = (sessionId: string) => [aCall(1, 'a', { sessionId }), aResult(2, 'a', { sessionId })]
  const text = (records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')
  writeFileSync(join(folder, 'session-1.jsonl'), text(history('session-1')))
  writeFileSync(
    join(folder, 'session-2.jsonl'),
    text([...history('session-2'), aCall(3, 'b', { sessionId: 'session-2' })]),
  )
  expect((await runCli(['import', 'claude-code', folder], own.env)).code).toBe(0)
  const rows = rowsOf(own)
  // The session of these records is long over, so the call that nobody answered is too.
  expect(rows).toMatchObject([
    { invocation_id: 'a', outcome: 'completed' },
    { invocation_id: 'b', outcome: 'abandoned', session_id: 'session-2' },
  ])
  await runCli(['import', 'claude-code', folder, '--restart'], own.env)
  expect(rowsOf(own)).toEqual(rows)
}, 60_000)

realTest('a dry run reads everything and needs no server', async () => {
  using own = await ownEnvironment()
  const { code, stdout } = await runCli(
    ['import', 'claude-code', join(data!, 'claude-code'), '--dry-run'],
    own.env,
  )
  expect(code).toBe(0)
  expect(stdout).toContain('432 tools, 7 agents, 4 commands, 2 skills')
  expect(stdout).toContain('dry run')
})

test('errors say what to do', async () => {
  using own = await ownEnvironment()
  const missing = await runHere(['import', 'claude-code', '/no/such/folder'], own.env)
  expect(missing).toMatchObject({ code: 1, stdout: '' })
  expect(missing.stderr).toContain(
    '/no/such/folder does not exist: name the folder of the transcripts: `skillwatch import claude-code <folder>`.',
  )
  const noServer = await runHere(['import', 'claude-code', own.env.HOME!], own.env)
  expect(noServer.code).toBe(1)
  expect(noServer.stderr).toContain('npm start')
  const notThere = await runHere(['import', 'claude-code'], own.env)
  expect(notThere.stderr).toContain('.claude/projects does not exist')
})

realTest(
  'an import that loses the server goes on after it is back',
  async () => {
    using own = await ownEnvironment()
    const folder = join(own.env.HOME!, 'copy')
    cpSync(join(data!, 'claude-code'), folder, { recursive: true })
    const args = ['import', 'claude-code', folder]
    {
      await using _ingest = await startService('ingest', own)
      expect((await runCli(args, own.env)).code).toBe(0)
    }
    expect((await runCli(args, own.env)).code).toBe(1)
    await using _ingest = await startService('ingest', own)
    expect((await runCli(args, own.env)).stdout).toContain('15 unchanged')
  },
  60_000,
)
