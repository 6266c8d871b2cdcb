import { once } from 'node:events'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { openWriter, type Writer } from '@skillwatch/db'
import { expect, test } from 'vitest'
import { runCli, runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

interface Report {
  healthy: boolean
  checks: { name: string; state: string; text: string; fix?: string }[]
}

async function examine(env: Record<string, string>) {
  const { code, stdout } = await runHere(['doctor', '--json'], env)
  const report: Report = JSON.parse(stdout)
  return { code, ...report, check: (name: string) => report.checks.find((check) => check.name === name) }
}

test('with everything running all is well', async () => {
  using own = await ownEnvironment()
  await mkdir(join(own.env.HOME!, '.claude/projects/-work-a'), { recursive: true })
  await writeFile(join(own.env.HOME!, '.claude/settings.json'), '{"cleanupPeriodDays": 365}')
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  await using _exporter = await startService('exporter', own)
  await using _analyst = await startService('analyst', own)
  await record(own, { skill_name: 'pdf-fill', session_id: 's', outcome: 'completed' })
  const { code, healthy, checks, check } = await examine(own.env)
  expect({ code, healthy }).toEqual({ code: 0, healthy: true })
  expect(checks.filter(({ state }) => state !== 'ok')).toEqual([])
  expect(check('newest call')?.text).toMatch(/^a skill, invoked \d seconds? ago$/)
  expect(check('stream')?.text).toMatch(/^at offset \d+, the end of the change log$/)
  expect(check('clean-up')?.text).toBe('Claude Code keeps transcripts for 365 days')
  expect(check('transcripts')?.text).toContain('1 project of Claude Code')
  const { stdout } = await runCli(['doctor'], own.env)
  expect(stdout).toMatch(/^✔ ingest +ready at http/m)
  expect(stdout).not.toContain('\u001b')
})

test('redacted names are shown with the setting that reveals them', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  const call = { session_id: 's', outcome: 'completed', witness: 'otel_log' }
  await record(
    own,
    { ...call, skill_name: 'custom_skill' },
    { ...call, skill_name: 'custom_skill' },
    { ...call, skill_name: 'mcp_tool', kind: 'mcp' },
    { ...call, skill_name: 'custom', kind: 'agent' },
    { ...call, skill_name: 'custom', kind: 'skill' },
  )
  expect((await examine(own.env)).check('names')).toMatchObject({
    state: 'note',
    text: 'placeholders: 2 × custom_skill (skill), 1 × custom (agent), 1 × mcp_tool (mcp)',
    fix: expect.stringContaining('OTEL_LOG_TOOL_DETAILS=1'),
  })
}, 60_000)

test('with nothing running it ends with 1 and says how to start it', async () => {
  using own = await ownEnvironment()
  const { code, healthy, check } = await examine(own.env)
  expect({ code, healthy }).toEqual({ code: 1, healthy: false })
  for (const name of ['ingest', 'ws-gateway', 'exporter', 'analyst']) {
    expect(check(name)).toMatchObject({
      state: 'broken',
      text: expect.stringContaining('does not run at'),
      fix: 'start it with `npm start`',
    })
  }
  expect(check('database')).toMatchObject({ state: 'note', fix: 'start ingest, which makes it' })
})

test('a port of another program is named as such', async () => {
  using own = await ownEnvironment()
  const other = createServer((_, response) => response.end('hello')).listen(own.ports.ingest, '127.0.0.1')
  await once(other, 'listening')
  try {
    const { check } = await examine(own.env)
    expect(check('ingest')).toMatchObject({
      state: 'broken',
      text: expect.stringContaining('another program answers at'),
      fix: expect.stringContaining('INGEST_PORT'),
    })
  } finally {
    other.close()
  }
})

test('a service that is not ready is shown with its reason', async () => {
  using own = await ownEnvironment()
  const health = JSON.stringify({ status: 'not-ready', reasons: ['the write queue is full'] })
  const ingest = createServer((_, response) => response.writeHead(503).end(health)).listen(
    own.ports.ingest,
    '127.0.0.1',
  )
  await once(ingest, 'listening')
  try {
    const { check } = await examine(own.env)
    expect(check('ingest')).toMatchObject({
      state: 'broken',
      text: expect.stringContaining('is not ready: the write queue is full'),
    })
  } finally {
    ingest.close()
  }
})

test('a database of another program is named as such', async () => {
  using own = await ownEnvironment()
  const path = await makeDatabase(own, (writer) => writer.sqlite.exec('pragma application_id = 1'))
  expect((await examine(own.env)).check('database')).toMatchObject({
    state: 'broken',
    text: `${path} is a database of another program`,
  })
})

test('a damaged file is found', async () => {
  using own = await ownEnvironment()
  const path = await makeDatabase(own, (writer) => writer.sqlite.pragma('wal_checkpoint(truncate)'))
  await damage(path)
  const { code, checks } = await examine(own.env)
  expect(code).toBe(1)
  expect(checks.find(({ text }) => text.includes('damaged'))).toMatchObject({
    state: 'broken',
    fix: expect.stringContaining('restore a backup'),
  })
})

/** A migrated database, closed again. */
async function makeDatabase({ env }: OwnEnvironment, change: (writer: Writer) => unknown): Promise<string> {
  await runHere(['migrate', 'up'], env)
  using writer = openWriter(env.SKILLWATCH_DATABASE_URL!)
  change(writer)
  return writer.path
}

/** Overwrites a page in the middle; the first ones hold the header and the list of tables. */
async function damage(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  const { size } = await file.stat()
  await file.write(Buffer.alloc(4_096, 0xff), 0, 4_096, Math.floor(size / 8_192) * 4_096)
}
