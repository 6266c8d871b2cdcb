import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import { checkHooks, checkSettings, checkTelemetry } from '../../src/doctor/claude-settings.ts'
import { REPOSITORY_ROOT } from '../../src/settings.ts'
import { runHere } from '../run-cli.ts'

function given({ path }: TemporaryFolder, settings: unknown): NodeJS.ProcessEnv {
  mkdirSync(join(path, '.claude'), { recursive: true })
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings)
  writeFileSync(join(path, '.claude/settings.json'), text)
  return { HOME: path }
}

const ON = { CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_LOGS_EXPORTER: 'otlp' }
const INGEST = 'http://127.0.0.1:8766'

describe('settings', () => {
  test.each([[''], ['\uFEFF{}'], [{}]])('such as %j are nothing to speak of', async (settings) => {
    using home = temporaryFolder()
    expect(await checkSettings(given(home, settings))).toBeUndefined()
  })

  test.each([
    ['{\n  "a": ,\n}', /settings\.json is broken: line 2, column 8: value expected$/],
    ['{ "env": 1 }', /settings\.json is broken: `env` should be an object$/],
    [
      '{\n  // why\n}',
      /^Claude Code refuses .*settings\.json .* comment or trailing comma \(line 2, column 3\)/,
    ],
  ])('such as %j are of no use to Claude Code', async (settings, text) => {
    using home = temporaryFolder()
    const check = await checkSettings(given(home, settings))
    expect(check?.state).toBe('note')
    expect(check?.text).toMatch(text)
  })
})

describe('telemetry', () => {
  test.each([[''], ['{'], ['[]'], [{}], [{ env: { CLAUDE_CODE_ENABLE_TELEMETRY: '0' } }], [{ env: 'odd' }]])(
    'of settings such as %j nothing is said',
    async (settings) => {
      using home = temporaryFolder()
      expect(await checkTelemetry(given(home, settings), INGEST)).toBeUndefined()
    },
  )

  test.each<[object, { state: string; text?: unknown; fix?: RegExp }]>([
    [{ ...ON, OTEL_LOG_TOOL_DETAILS: '1' }, { state: 'ok' }],
    [
      ON,
      {
        state: 'note',
        text: expect.stringContaining('redacts the names'),
        fix: /^set OTEL_LOG_TOOL_DETAILS=1 in/,
      },
    ],
    [
      { ...ON, OTEL_LOG_TOOL_DETAILS: '0' },
      { state: 'note', fix: /^set OTEL_LOG_TOOL_DETAILS=1 in/ },
    ],
    [{ CLAUDE_CODE_ENABLE_TELEMETRY: '1' }, { state: 'note', fix: /^set OTEL_LOGS_EXPORTER=otlp in/ }],
    [
      { ...ON, OTEL_LOGS_EXPORTER: 'console' },
      {
        state: 'note',
        text: expect.stringMatching(/to Skillwatch: OTEL_LOGS_EXPORTER=console in .* does not send them$/),
        fix: /run `skillwatch setup claude-code`/,
      },
    ],
    [
      { ...ON, OTEL_LOG_TOOL_DETAILS: '1', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example/x' },
      {
        state: 'note',
        text: expect.stringMatching(
          /OTEL_EXPORTER_OTLP_ENDPOINT in .* sends them to https:\/\/otel\.example$/,
        ),
        fix: /run `skillwatch setup claude-code`/,
      },
    ],
  ])('with %j it is %j', async (env, { fix, ...expected }) => {
    using home = temporaryFolder()
    const check = await checkTelemetry(given(home, { env }), INGEST)
    expect(check).toMatchObject(expected)
    expect(check?.fix ?? '').toMatch(fix ?? /^$/)
  })

  test('what the environment switches on counts too, and the settings go before it', async () => {
    using home = temporaryFolder()
    const env = given(home, {})
    expect(await checkTelemetry({ ...env, ...ON }, INGEST)).toMatchObject({ state: 'note' })
    const said = given(home, { env: { OTEL_LOG_TOOL_DETAILS: '1' } })
    expect(await checkTelemetry({ ...said, ...ON, OTEL_LOG_TOOL_DETAILS: '0' }, INGEST)).toMatchObject({
      state: 'ok',
    })
  })
})

describe('hooks', () => {
  const SPOOL = join(REPOSITORY_ROOT, 'data/skillwatch.db-spool')

  test('those of others are nothing to speak of', async () => {
    using home = temporaryFolder()
    const theirs = { PreToolUse: [{ hooks: [{ type: 'command', command: './check.sh' }] }] }
    expect(await checkHooks(given(home, { hooks: theirs, disableAllHooks: true }), SPOOL)).toBeUndefined()
  })

  test.each([
    [['--hooks', 'http'], /^in .*settings\.json, sent to http:\/\/127\.0\.0\.1:8766$/],
    [[], /^in .*settings\.json, commands in the background$/],
    [['--texts'], /^in .*settings\.json, commands in the background$/],
  ])('those that a setup with %j has put there are found', async (args, text) => {
    using home = temporaryFolder()
    await runHere(['setup', 'claude-code', ...args], { HOME: home.path })
    const check = await checkHooks({ HOME: home.path }, SPOOL)
    expect(check?.state).toBe('ok')
    expect(check?.text).toMatch(text)
  })

  test('commands that write to another folder than ingest reads are named', async () => {
    using home = temporaryFolder()
    await runHere(['setup', 'claude-code'], { HOME: home.path })
    expect(await checkHooks({ HOME: home.path }, '/elsewhere')).toMatchObject({
      state: 'note',
      text: expect.stringMatching(/another installation, or write to another folder than \/elsewhere$/),
      fix: 'run `skillwatch setup claude-code` to replace them',
    })
  })

  test('a setting that keeps them from being called is named', async () => {
    using home = temporaryFolder()
    const env = given(home, { disableAllHooks: true, allowedHttpHookUrls: [] })
    await runHere(['setup', 'claude-code', '--hooks', 'http'], { HOME: home.path })
    expect(await checkHooks(env, SPOOL)).toMatchObject({
      state: 'note',
      text: 'Claude Code does not call them',
      fix: expect.stringMatching(/`disableAllHooks` is on.* `allowedHttpHookUrls` blocks/),
    })
  })
})
