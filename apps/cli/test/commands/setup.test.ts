import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fixedClock, type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { run } from '../../src/program.ts'
import { runCli, runHere } from '../run-cli.ts'

const settingsOf = ({ path }: TemporaryFolder) => join(path, '.claude', 'settings.json')

const environmentOf = ({ path }: TemporaryFolder) => ({
  HOME: path,
  SKILLWATCH_DATABASE_URL: `sqlite:${path}/a.db`,
})

function setup(home: TemporaryFolder, ...args: string[]) {
  return runHere(['setup', 'claude-code', ...args], environmentOf(home))
}

function given(home: TemporaryFolder, text: string): string {
  const path = settingsOf(home)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

const THEIRS = `{ "model": "opus",
   "hooks": {"PreToolUse":[ {"matcher":"Bash","hooks":[{"type":"command","command":"./check.sh"}]} ]},
  "big": 12345678901234567890 }`

test('settings that are not there are made, shown as a diff, and gone after --undo', async () => {
  using home = temporaryFolder()
  const done = await runCli(['setup', 'claude-code'], environmentOf(home))
  expect(done.code).toBe(0)
  expect(done.stdout).toContain('+    "CLAUDE_CODE_ENABLE_TELEMETRY": "1",')
  const settings = JSON.parse(readFileSync(settingsOf(home), 'utf8'))
  expect(settings.env.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://127.0.0.1:8766')
  expect(settings.hooks.PostToolUseFailure).toEqual([
    { hooks: [{ type: 'http', url: 'http://127.0.0.1:8766/v1/hooks/claude-code', timeout: 5 }] },
  ])
  expect((await runCli(['setup', 'claude-code', '--undo'], environmentOf(home))).code).toBe(0)
  expect(existsSync(settingsOf(home))).toBe(false)
})

test.each([
  ['foreign hooks in a layout of their own', THEIRS],
  ['windows line ends', '{\r\n  "model": "opus"\r\n}\r\n'],
  ['an empty object with a blank', '{ }'],
  ['an empty file', ''],
  ['keys that come twice', '{"env":{"A":"1"},"env":{"A":"2"}}'],
])('after setup and --undo %s are byte for byte what they were', async (_, before) => {
  using home = temporaryFolder()
  const path = given(home, before)
  await setup(home)
  expect(readFileSync(`${path}.skillwatch-backup`, 'utf8')).toBe(before)
  expect(readFileSync(path, 'utf8')).not.toBe(before)
  await setup(home, '--undo')
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect([existsSync(`${path}.skillwatch-backup`), existsSync(`${path}.skillwatch-undo`)]).toEqual([
    false,
    false,
  ])
})

test('setup does not change other settings, and a second run changes nothing', async () => {
  using home = temporaryFolder()
  const path = given(home, THEIRS)
  await setup(home)
  const once = readFileSync(path, 'utf8')
  expect(once).toContain('"big": 12345678901234567890')
  expect(once).toContain('{"matcher":"Bash","hooks":[{"type":"command","command":"./check.sh"}]}')
  const again = await setup(home)
  expect([again.stdout, again.stderr]).toEqual(['', `${path} already has these settings.\n`])
  expect(readFileSync(path, 'utf8')).toBe(once)
})

test('another kind of hook replaces ours, and --undo still gives back the first text', async () => {
  using home = temporaryFolder()
  const path = given(home, THEIRS)
  await setup(home)
  await setup(home, '--command', '--no-telemetry')
  const { hooks, env } = JSON.parse(readFileSync(path, 'utf8'))
  expect(env).toBeUndefined()
  expect(hooks.PreToolUse).toHaveLength(2)
  expect(hooks.PreToolUse[1].hooks[0]).toMatchObject({ type: 'command', async: true })
  expect(hooks.PreToolUse[1].hooks[0].command).toMatch(/bin\.mjs hook --spool \S+\/spool$/)
  await setup(home, '--undo')
  expect(readFileSync(path, 'utf8')).toBe(THEIRS)
})

test('--undo after changes by others takes out ours alone', async () => {
  using home = temporaryFolder()
  const path = given(home, THEIRS)
  await setup(home)
  writeFileSync(path, readFileSync(path, 'utf8').replace('"opus"', '"sonnet"'))
  await setup(home, '--undo')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...JSON.parse(THEIRS), model: 'sonnet' })
})

test('--dry-run shows the diff and writes nothing', async () => {
  using home = temporaryFolder()
  const path = given(home, THEIRS)
  const { stdout, stderr } = await setup(home, '--dry-run')
  expect(stdout).toMatch(/^\+.*PermissionDenied/m)
  expect(stderr).toContain('Nothing was changed')
  expect([readFileSync(path, 'utf8'), existsSync(`${path}.skillwatch-backup`)]).toEqual([THEIRS, false])
})

/** As a person at a terminal runs it, who types `answer`; undefined ends the input. */
async function setupAtTerminal({ path }: TemporaryFolder, answer: string | undefined, ...args: string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end(answer)
  const { signal } = new AbortController()
  const world = {
    stdin: Object.assign(stdin, { isTTY: true }),
    stdout,
    stderr,
    env: { HOME: path },
    signal,
    nowMs: fixedClock,
  }
  const code = await run(['setup', 'claude-code', ...args], world)
  stdout.end()
  stderr.end()
  return { code, stdout: await text(stdout), stderr: await text(stderr) }
}

test('at a terminal it shows the change and asks, before writing and before undoing', async () => {
  using home = temporaryFolder()
  const path = given(home, THEIRS)
  const refused = await setupAtTerminal(home, 'n\n')
  expect(refused.code).toBe(1)
  expect(refused.stdout).toMatch(/^\+.*PermissionDenied/m)
  expect(refused.stderr).toBe(`Change ${path}? [y/N] Nothing was changed.\n`)
  expect([readFileSync(path, 'utf8'), existsSync(`${path}.skillwatch-backup`)]).toEqual([THEIRS, false])

  expect(await setupAtTerminal(home, 'y\n')).toMatchObject({ code: 0 })
  const ours = readFileSync(path, 'utf8')
  expect(ours).not.toBe(THEIRS)
  expect(await setupAtTerminal(home, undefined, '--undo')).toMatchObject({ code: 1 })
  expect(readFileSync(path, 'utf8')).toBe(ours)
  expect(await setupAtTerminal(home, undefined, '--undo', '--yes')).toMatchObject({ code: 0 })
  expect(readFileSync(path, 'utf8')).toBe(THEIRS)
})

test.each([
  ['{"env": {', /is not JSON: .*Nothing was changed; correct it/],
  [
    '{"hooks": []}',
    /is not a settings file of Claude Code: `hooks` should be an object\. Nothing was changed/,
  ],
])('%s is refused and left alone', async (text, message) => {
  using home = temporaryFolder()
  const path = given(home, text)
  const { code, stderr } = await setup(home)
  expect(code).toBe(1)
  expect(stderr).toMatch(message)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test('telemetry that goes elsewhere is left alone, and said so', async () => {
  using home = temporaryFolder()
  const path = given(home, '{"env":{"OTEL_EXPORTER_OTLP_ENDPOINT":"https://otel.example"}}')
  const { stderr } = await setup(home)
  expect(stderr).toMatch(/sets OTEL_EXPORTER_OTLP_ENDPOINT to other values: telemetry is not changed/)
  const { env, hooks } = JSON.parse(readFileSync(path, 'utf8'))
  expect(env).toEqual({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example' })
  expect(Object.keys(hooks)).toHaveLength(7)
})

test('telemetry that the environment sends elsewhere is not changed, and a note says so', async () => {
  using home = temporaryFolder()
  const env = { HOME: home.path, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://otel.example' }
  const { stderr } = await runHere(['setup', 'claude-code'], env)
  expect(stderr).toMatch(
    /^the environment sets OTEL_EXPORTER_OTLP_LOGS_ENDPOINT to other values: telemetry is not changed/,
  )
  expect(JSON.parse(readFileSync(settingsOf(home), 'utf8')).env).toBeUndefined()
})

test('secrets near the change are not shown', async () => {
  using home = temporaryFolder()
  given(
    home,
    `{ "apiKeyHelper": "planted-1", "hooks": { "Stop": [{ "hooks": [
      { "type": "http", "url": "https://me:planted-2@hooks.example", "headers": { "x-a": "planted-3" } }
    ]}]}, "env": {
      "ANTHROPIC_AUTH_TOKEN": "planted-4", "OTEL_EXPORTER_OTLP_HEADERS": "x=planted-\\u0035"
    } }`,
  )
  const { stdout, stderr } = await setup(home)
  expect(stdout).toMatch(/"OTEL_EXPORTER_OTLP_HEADERS": "\*\*\*"/)
  expect(stdout + stderr).not.toContain('planted')
})

test('settings that keep hooks from being called are left as they are, and said so, each time', async () => {
  using home = temporaryFolder()
  const path = given(home, '{"disableAllHooks": true, "allowedHttpHookUrls": []}')
  const first = await setup(home)
  expect(first.stderr).toMatch(/^WARNING: `disableAllHooks` is on.*\nWARNING: `allowedHttpHookUrls` blocks/m)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    disableAllHooks: true,
    allowedHttpHookUrls: [],
  })
  expect((await setup(home)).stderr).toMatch(/already has these settings\.\nWARNING: `disableAllHooks`/)
})

test('where Claude Code has a folder of its own, its settings are there', async () => {
  using home = temporaryFolder()
  const folder = join(home.path, 'claude')
  await runHere(['setup', 'claude-code'], { HOME: home.path, CLAUDE_CONFIG_DIR: folder })
  expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')).hooks).toBeDefined()
  expect(existsSync(settingsOf(home))).toBe(false)
})

test('a key is named, not written, and telemetry is set up to send it', async () => {
  using home = temporaryFolder()
  const env = { HOME: home.path, SKILLWATCH_API_KEY: 'sw_id_planted-secret' }
  const { stderr } = await runHere(['setup', 'claude-code'], env)
  expect(stderr).toMatch(
    /set SKILLWATCH_API_KEY and OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer <key>"/m,
  )
  const text = readFileSync(settingsOf(home), 'utf8')
  expect(text).not.toContain('planted-secret')
  expect(JSON.parse(text).hooks.PreToolUse[0].hooks[0]).toMatchObject({
    headers: { Authorization: 'Bearer $SKILLWATCH_API_KEY' },
    allowedEnvVars: ['SKILLWATCH_API_KEY'],
  })
})

test('a linked file stays a link, and keeps its mode', async () => {
  using home = temporaryFolder()
  const real = join(home.path, 'dotfiles.json')
  writeFileSync(real, '{}')
  chmodSync(real, 0o640)
  mkdirSync(dirname(settingsOf(home)))
  symlinkSync(real, settingsOf(home))
  await setup(home)
  expect(lstatSync(settingsOf(home)).isSymbolicLink()).toBe(true)
  expect(statSync(real).mode & 0o777).toBe(0o640)
  expect(JSON.parse(readFileSync(real, 'utf8')).hooks).toBeDefined()
})

test('--undo without a setup says that there is nothing', async () => {
  using home = temporaryFolder()
  const { code, stderr } = await setup(home, '--undo')
  expect(code).toBe(0)
  expect(stderr).toContain('nothing to undo')
})

test.each<[string, (path: string) => void, RegExp]>([
  [
    'a folder',
    (path) => mkdirSync(path),
    /settings\.json cannot be read: it is a folder\. Nothing was changed; correct that/,
  ],
  [
    'below a file',
    (path) => {
      rmSync(dirname(path), { recursive: true })
      writeFileSync(dirname(path), '')
    },
    /settings\.json cannot be read: a part of its path is a file\./,
  ],
  [
    'read-only',
    (path) => {
      writeFileSync(path, '{}')
      chmodSync(path, 0o444)
    },
    /settings\.json is read-only\. Nothing was changed; make it writable \(`chmod u\+w`\)/,
  ],
  [
    'a link to nothing',
    (path) => symlinkSync('/nowhere/settings.json', path),
    /settings\.json is a link to a file that does not exist\. Nothing was changed; correct the link/,
  ],
  [
    'a link in a circle',
    (path) => symlinkSync(path, path),
    /settings\.json cannot be read: its links form a circle\./,
  ],
])('settings that are %s are refused in one line, and no file is left behind', async (_, make, message) => {
  using home = temporaryFolder()
  const path = settingsOf(home)
  mkdirSync(dirname(path))
  make(path)
  const { code, stderr } = await setup(home)
  expect(code).toBe(1)
  expect(stderr).toMatch(message)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  const left = readdirSync(home.path, { recursive: true }).map(String)
  expect(left.filter((name) => name.includes('skillwatch') || name.endsWith('.tmp'))).toEqual([])
})

test('a memory of the setup that cannot be understood is not guessed at', async () => {
  using home = temporaryFolder()
  const path = given(home, THEIRS)
  await setup(home)
  const ours = readFileSync(path, 'utf8')
  writeFileSync(`${path}.skillwatch-undo`, '{"written": ')
  for (const args of [[], ['--undo']]) {
    const { code, stderr } = await setup(home, ...args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/skillwatch-undo is damaged, .* correct .* by hand/)
  }
  expect(readFileSync(path, 'utf8')).toBe(ours)
})

test('--undo takes ours out also when the backup is gone', async () => {
  using home = temporaryFolder()
  const path = given(home, THEIRS)
  await setup(home)
  rmSync(`${path}.skillwatch-backup`)
  await setup(home, '--undo')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(THEIRS))
})
