import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inheritedEnvironment, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { CLI_BIN } from '../run-cli.ts'
import { ownEnvironment, startService } from '../stack.ts'

const SECRET = 'sk-planted-in-a-hook'
const event = {
  session_id: 's-1',
  hook_event_name: 'PreToolUse',
  tool_name: 'Skill',
  tool_input: { skill: 'pdf', args: SECRET },
  tool_use_id: 'toolu_1',
}

interface Options {
  args?: readonly string[]
  env?: Record<string, string>
  stdin?: number | 'ignore'
}

/** Runs the hook as Claude Code does. */
function runHook(input: string, { args = [], env = {}, stdin }: Options = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI_BIN, 'hook', ...args], {
    encoding: 'utf8',
    env: { ...inheritedEnvironment(), ...env },
    ...(stdin === undefined ? { input } : { stdio: [stdin, 'pipe', 'pipe'] }),
  })
  return { status, stdout, stderr }
}

function spooled(folder: string): { invocation_id: string }[] {
  const lines = readFileSync(join(folder, 'shared.ndjson'), 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

test('an event becomes a line of the spool, without texts, and nothing is printed to the agent', () => {
  using folder = temporaryFolder()
  const spool = join(folder.path, 'not', 'there', 'yet')
  expect(runHook(JSON.stringify(event), { args: ['--spool', spool] })).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  })
  expect(spooled(spool)).toEqual([
    expect.objectContaining({
      invocation_id: 'toolu_1',
      kind: 'skill',
      skill_name: 'pdf',
      outcome: 'running',
    }),
  ])
  expect(JSON.stringify(spooled(spool))).not.toContain(SECRET)
})

test('the end of a session becomes a line of the spool', () => {
  using folder = temporaryFolder()
  const end = { session_id: 's-1', hook_event_name: 'SessionEnd', reason: 'other' }
  expect(runHook(JSON.stringify(end), { args: ['--spool', folder.path] }).status).toBe(0)
  expect(spooled(folder.path)).toEqual([
    { session_end: { session_id: 's-1', ended_at: expect.any(Number) } },
  ])
})

test('with --texts arguments go along', () => {
  using folder = temporaryFolder()
  runHook(JSON.stringify(event), { args: ['--texts', `--spool=${folder.path}`] })
  expect(JSON.stringify(spooled(folder.path))).toContain(SECRET)
})

test.each([
  ['text that is no JSON', 'nonsense'],
  ['nothing', ''],
  ['half an event', JSON.stringify(event).slice(0, 40)],
  ['an event of tomorrow', JSON.stringify({ ...event, hook_event_name: 'Tomorrow' })],
  ['a list', '[[]]'],
])('%s ends with 0 and an empty stdout', (_, input) => {
  using folder = temporaryFolder()
  expect(runHook(input, { args: ['--spool', folder.path] })).toMatchObject({ status: 0, stdout: '' })
})

test.each([`${SECRET} is no JSON`, `{"tool_input": "${SECRET}", nonsense}`])(
  '%j on standard input is not repeated on stderr, which may be logged',
  (input) => {
    using folder = temporaryFolder()
    const { status, stderr } = runHook(input, { args: ['--spool', folder.path] })
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'skillwatch hook: standard input is not JSON, so it is not an event of Claude Code\n',
    })
  },
)

test('a full spool ends with 0 and says how it is emptied', () => {
  using folder = temporaryFolder()
  const args = ['--spool', folder.path]
  const segment = 'x'.repeat(1_048_576)
  for (let index = 0; index < 64; index += 1) {
    writeFileSync(join(folder.path, `${String(index).padStart(14, '0')}-000000000000.ndjson`), segment)
  }
  writeFileSync(join(folder.path, 'shared.ndjson'), segment)
  const { status, stdout, stderr } = runHook(JSON.stringify(event), { args })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  expect(stderr).toMatch(
    /^skillwatch hook: the spool \S+ is full, so the event is lost; start ingest, which empties it\n$/,
  )
})

test('a spool that cannot be written ends with 0 and says so on stderr', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a-file')
  writeFileSync(file, '')
  const { status, stdout, stderr } = runHook(JSON.stringify(event), {
    args: ['--spool', join(file, 'spool')],
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  expect(stderr).toMatch(/^skillwatch hook: the event is lost: ENOTDIR.*\n$/)
})

test('a full disk ends with 0 and says so on stderr', () => {
  using folder = temporaryFolder()
  symlinkSync('/dev/full', join(folder.path, 'shared.ndjson'))
  const { status, stdout, stderr } = runHook(JSON.stringify(event), { args: ['--spool', folder.path] })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  expect(stderr).toMatch(/ENOSPC/)
})

test('a stdin that cannot be read ends with 0', () => {
  using folder = temporaryFolder()
  const directory = openSync(folder.path, 'r')
  try {
    expect(runHook('', { args: ['--spool', folder.path], stdin: directory })).toMatchObject({
      status: 0,
      stdout: '',
    })
  } finally {
    closeSync(directory)
  }
})

test('wrong usage ends with 0, because another code would forbid the agent its call', () => {
  using folder = temporaryFolder()
  const args = ['--spool', folder.path, '--unheard-of', 'x']
  expect(runHook(JSON.stringify(event), { args, env: { INGEST_PORT: 'wrong' } })).toMatchObject({
    status: 0,
  })
  expect(spooled(folder.path)).toHaveLength(1)
})

test('a hook loads none of the schemas, the command line or the database', () => {
  using folder = temporaryFolder()
  const spy = join(folder.path, 'spy.mjs')
  writeFileSync(
    spy,
    `import { registerHooks } from 'node:module'
     registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) })`,
  )
  const { stderr } = runHook(JSON.stringify(event), {
    args: ['--spool', folder.path],
    env: { NODE_OPTIONS: `--import ${spy}` },
  })
  expect(stderr).toContain('run-hook.ts')
  expect(stderr).not.toMatch(/typebox|commander|better-sqlite3|observation\.ts|program\.ts/)
  expect(stderr.split('\n').filter((url) => url.startsWith('file:')).length).toBeLessThanOrEqual(22)
})

test('what was spooled without a server is stored when ingest starts', async () => {
  using own = await ownEnvironment()
  const { env } = own
  expect(runHook(JSON.stringify(event), { env })).toEqual({ status: 0, stdout: '', stderr: '' })
  await using _ingest = await startService('ingest', own)
  await until(async () => {
    const response = await fetch(`http://127.0.0.1:${own.ports.ingest}/v1/stream`)
    return ((await response.json()) as { offset: number }).offset >= 1
  })
})
