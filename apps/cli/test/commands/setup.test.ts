import { spawnSync } from 'node:child_process'
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
  expect(settings.env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT).toBe('http://127.0.0.1:8766/v1/logs')
  expect(settings.env).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT')
  expect(settings.hooks.PostToolUseFailure).toEqual([
    {
      hooks: [
        {
          type: 'command',
          command: expect.stringMatching(/bin\.mjs hook --spool \S+\.db-spool$/),
          async: true,
        },
      ],
    },
  ])
  expect((await runCli(['setup', 'claude-code', '--undo'], environmentOf(home))).code).toBe(0)
  expect(existsSync(settingsOf(home))).toBe(false)
})

test.each([
  ['foreign hooks in a layout of their own', THEIRS],
  ['windows line ends', '{\r\n  "model": "opus"\r\n}\r\n'],
  ['an empty object with a blank', '{ }'],
  ['an empty file', ''],
  ['a byte order mark', '\uFEFF{ "model": "opus" }'],
  ['a byte order mark alone', '\uFEFF'],
  ['comments and trailing commas', '{\n  // why\n  "model": "opus", /* best */\n}\n'],
])('after setup and --undo %s are byte for byte what they were', async (_, before) => {
  using home = temporaryFolder()
  const path = given(home, before)
  await setup(home)
  expect(readFileSync(`${path}.skillwatch-backup`, 'utf8')).toBe(before)
  expect(readFileSync(path, 'utf8')).not.toBe(before)
  expect(readFileSync(path, 'utf8').startsWith('\uFEFF')).toBe(before.startsWith('\uFEFF'))
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
  expect([again.stdout, again.stderr]).toEqual(['', `${path} needs no change.\n`])
  expect(readFileSync(path, 'utf8')).toBe(once)
})

test('another kind of hook replaces ours, and --undo still gives back the first text', async () => {
  using home = temporaryFolder()
  const path = given(home, THEIRS)
  await setup(home)
  await setup(home, '--hooks', 'http', '--no-telemetry')
  const { hooks, env } = JSON.parse(readFileSync(path, 'utf8'))
  expect(env).toBeUndefined()
  expect(hooks.PreToolUse).toHaveLength(2)
  expect(hooks.PreToolUse[1].hooks).toEqual([
    { type: 'http', url: 'http://127.0.0.1:8766/v1/hooks/claude-code', timeout: 5 },
  ])
  await setup(home, '--undo')
  expect(readFileSync(path, 'utf8')).toBe(THEIRS)
})

/** What version 0.1.0 added, with its record beside the file. */
const EARLIER_ENV = {
  CLAUDE_CODE_ENABLE_TELEMETRY: '1',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:8766',
}
const EARLIER_GROUP = {
  hooks: [{ type: 'http', url: 'http://127.0.0.1:8766/v1/hooks/claude-code', timeout: 5 }],
}
const EARLIER = {
  model: 'opus',
  env: { MINE: 'x', ...EARLIER_ENV },
  hooks: { PreToolUse: [EARLIER_GROUP], SubagentStart: [EARLIER_GROUP] },
}

test('what an earlier version added is replaced, and --undo removes all of it', async () => {
  using home = temporaryFolder()
  const path = given(home, JSON.stringify(EARLIER, null, 2))
  const added = { env: EARLIER_ENV, hooks: EARLIER.hooks, made: ['hooks'] }
  writeFileSync(`${path}.skillwatch-undo`, JSON.stringify({ written: 'of then', existed: true, added }))
  await setup(home)
  const { env, hooks } = JSON.parse(readFileSync(path, 'utf8'))
  expect(env).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT')
  expect(hooks.SubagentStart).toBeUndefined()
  expect(hooks.PreToolUse).toEqual([{ hooks: [expect.objectContaining({ type: 'command' })] }])
  await setup(home, '--undo')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ model: 'opus', env: { MINE: 'x' } })
})

test('without a record, hooks of ours are replaced and removed too; variables stay, and it is said', async () => {
  using home = temporaryFolder()
  const path = given(home, JSON.stringify(EARLIER, null, 2))
  const { code, stderr } = await setup(home, '--undo')
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      `Removed Skillwatch from ${path}. No record of a setup lies beside it, so its variables were not ` +
      'changed.\n',
  })
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ model: 'opus', env: EARLIER.env })

  writeFileSync(path, JSON.stringify(EARLIER, null, 2))
  await setup(home, '--no-telemetry')
  expect(readFileSync(path, 'utf8')).not.toContain('"http"')
})

test('--undo removes hooks of ours also from a backup that has them', async () => {
  using home = temporaryFolder()
  const path = given(home, '{}')
  await setup(home)
  writeFileSync(`${path}.skillwatch-backup`, JSON.stringify(EARLIER))
  await setup(home, '--undo')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ model: 'opus', env: EARLIER.env })
})

test('commands of the settings store calls and the end of the session', async () => {
  using home = temporaryFolder()
  const path = given(home, '{}')
  await setup(home, '--texts')
  const { hooks } = JSON.parse(readFileSync(path, 'utf8'))
  const call = { session_id: 's', tool_name: 'Skill', tool_input: { skill: 'pdf', args: 'a text' } }
  for (const event of [
    { ...call, hook_event_name: 'PreToolUse', tool_use_id: 'toolu_1' },
    { session_id: 's', hook_event_name: 'SessionEnd', reason: 'other' },
  ]) {
    const { command } = hooks[event.hook_event_name][0].hooks[0]
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      input: JSON.stringify(event),
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  }
  const lines = readFileSync(join(home.path, 'a.db-spool', 'shared.ndjson'), 'utf8').split('\n')
  expect(lines.filter((line) => line !== '').map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ invocation_id: 'toolu_1', skill_name: 'pdf' }),
    { session_end: { session_id: 's', ended_at: expect.any(Number) } },
  ])
  expect(lines.join()).toContain('a text')
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
  const [stdin, stdout] = [new PassThrough(), new PassThrough()]
  const stderr = Object.assign(new PassThrough(), { columns: 80 })
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

test('at a terminal, warnings are wrapped between words', async () => {
  using home = temporaryFolder()
  given(home, '{"disableAllHooks": true}')
  const { stderr } = await setupAtTerminal(home, 'n\n')
  expect(stderr).toMatch(/^WARNING: `disableAllHooks` is on: [^\n]{20,50}\n\w[^\n]+\.\nChange /)
})

test.each([
  ['{\n"env": {', /is not JSON: line 2, column 9: close brace expected\. Nothing was changed; correct it/],
  ['{"env": {}, "env": {}}', /line 1, column 13: the key "env" is repeated\. Nothing was changed/],
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

test('logs that go elsewhere stay there until --force, and --undo gives them back', async () => {
  using home = temporaryFolder()
  const mine = {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://me:planted-secret@otel.example/v1/logs',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=planted-secret',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example',
  }
  const before = JSON.stringify({ env: mine }, null, 2)
  const path = given(home, before)
  const first = await setup(home)
  expect(first.stderr).toContain(
    `WARNING: logs are not set up: OTEL_EXPORTER_OTLP_LOGS_ENDPOINT in ${path} sends them to ` +
      'https://otel.example. Remove it and run this again, or use --force to override it.\n',
  )
  const { env } = JSON.parse(readFileSync(path, 'utf8'))
  expect(env).toMatchObject(mine)
  expect(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT).toBe('http://127.0.0.1:8766/v1/traces')

  const forced = await setup(home, '--force')
  expect(forced.stderr).toMatch(/^WARNING: logs will go to Skillwatch \(--force\), although OTEL_EXPORTER/)
  expect(JSON.parse(readFileSync(path, 'utf8')).env).toMatchObject({
    ...mine,
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:8766/v1/logs',
  })
  writeFileSync(path, readFileSync(path, 'utf8').replace('{', '{ "model": "opus",'))
  const undone = await setup(home, '--undo')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ model: 'opus', env: mine })
  for (const { stdout, stderr } of [first, forced, undone])
    expect(stdout + stderr).not.toContain('planted-secret')
})

test('telemetry that the environment switches off is not set up, with the place and the remedy', async () => {
  using home = temporaryFolder()
  const env = { HOME: home.path, OTEL_LOGS_EXPORTER: 'none', OTEL_SDK_DISABLED: 'true' }
  const { stderr } = await runHere(['setup', 'claude-code', '--dry-run'], env)
  expect(stderr).toBe(
    `WARNING: logs and traces are not set up: OTEL_SDK_DISABLED=true in the environment switches them off. \
Remove it and run this again, or use --force to override it.
WARNING: logs are not set up: OTEL_LOGS_EXPORTER=none in the environment switches them off. \
Remove it and run this again, or use --force to override it.
Nothing was changed (--dry-run).
`,
  )
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

test('a comment that Claude Code would refuse is kept, with a warning that names its place', async () => {
  using home = temporaryFolder()
  const path = given(home, '{\n  "model": "opus" // best\n}\n')
  const { code, stderr } = await setup(home)
  expect(code).toBe(0)
  expect(stderr).toMatch(/^WARNING: Claude Code refuses .* comment or trailing comma \(line 2, column 20\)/)
  expect(readFileSync(path, 'utf8')).toContain('"model": "opus", // best\n')
})

test('settings of a project get hooks, and a warning that telemetry belongs into those of the person', async () => {
  using home = temporaryFolder()
  const path = join(home.path, 'work/.claude/settings.json')
  const { stderr } = await setup(home, '--settings', path)
  expect(stderr).toMatch(/^WARNING: newer versions of Claude Code take .* setup claude-code --no-hooks/)
  expect(JSON.parse(readFileSync(path, 'utf8')).hooks.SessionEnd).toHaveLength(1)
})

test('an ingest on another machine gets requests, as commands cannot reach it', async () => {
  using home = temporaryFolder()
  await setup(home, '--url', 'http://skills.example:8766')
  expect(JSON.parse(readFileSync(settingsOf(home), 'utf8')).hooks.PreToolUse[0].hooks[0]).toMatchObject({
    type: 'http',
    url: 'http://skills.example:8766/v1/hooks/claude-code',
  })
})

test('settings that keep hooks from being called are left as they are, and said so, each time', async () => {
  using home = temporaryFolder()
  const path = given(home, '{"disableAllHooks": true, "allowedHttpHookUrls": []}')
  const first = await setup(home, '--hooks', 'http')
  expect(first.stderr).toMatch(/^WARNING: `disableAllHooks` is on.*\nWARNING: `allowedHttpHookUrls` blocks/m)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    disableAllHooks: true,
    allowedHttpHookUrls: [],
  })
  const again = await setup(home, '--hooks', 'http')
  expect(again.stderr).toMatch(
    /^WARNING: `disableAllHooks` is on.*(\nWARNING: .*)*\n.* needs no change\.\n$/,
  )
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
  const { stderr } = await runHere(['setup', 'claude-code', '--hooks', 'http'], env)
  expect(stderr).toMatch(
    /set SKILLWATCH_API_KEY to the key, and OTEL_EXPORTER_OTLP_LOGS_HEADERS and OTEL_EXPORTER_OTLP_TRACES_HEA/,
  )
  const text = readFileSync(settingsOf(home), 'utf8')
  expect(text).not.toContain('planted-secret')
  expect(JSON.parse(text).hooks.PreToolUse[0].hooks[0]).toMatchObject({
    headers: { Authorization: 'Bearer $SKILLWATCH_API_KEY' },
    allowedEnvVars: ['SKILLWATCH_API_KEY'],
  })
})

test('a file in another encoding is refused and left alone', async () => {
  using home = temporaryFolder()
  const path = given(home, '')
  const latin1 = Buffer.from('{"model":"é"}', 'latin1')
  writeFileSync(path, latin1)
  const { code, stderr } = await setup(home)
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `error: ${path} is not UTF-8. Nothing was changed; save it in UTF-8.\n`,
  })
  expect(readFileSync(path)).toEqual(latin1)
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
