import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import { checkHooks, checkTelemetry } from '../../src/doctor/claude-settings.ts'
import { runHere } from '../run-cli.ts'

function given({ path }: TemporaryFolder, settings: unknown): NodeJS.ProcessEnv {
  mkdirSync(join(path, '.claude'), { recursive: true })
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings)
  writeFileSync(join(path, '.claude/settings.json'), text)
  return { HOME: path }
}

const ON = { CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_LOGS_EXPORTER: 'otlp' }

describe('telemetry', () => {
  test.each([[''], ['{'], ['[]'], [{}], [{ env: { CLAUDE_CODE_ENABLE_TELEMETRY: '0' } }], [{ env: 'odd' }]])(
    'of settings such as %j nothing is said',
    async (settings) => {
      using home = temporaryFolder()
      expect(await checkTelemetry(given(home, settings))).toBeUndefined()
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
    [
      { ...ON, OTEL_LOGS_EXPORTER: 'console' },
      { state: 'note', fix: /^set OTEL_LOGS_EXPORTER=otlp in/ },
    ],
  ])('with %j it is %j', async (env, { fix, ...expected }) => {
    using home = temporaryFolder()
    const check = await checkTelemetry(given(home, { env }))
    expect(check).toMatchObject(expected)
    expect(check?.fix ?? '').toMatch(fix ?? /^$/)
  })

  test('what the environment switches on counts too, and the settings go before it', async () => {
    using home = temporaryFolder()
    const env = given(home, {})
    expect(await checkTelemetry({ ...env, ...ON })).toMatchObject({ state: 'note' })
    const said = given(home, { env: { OTEL_LOG_TOOL_DETAILS: '1' } })
    expect(await checkTelemetry({ ...said, ...ON, OTEL_LOG_TOOL_DETAILS: '0' })).toMatchObject({
      state: 'ok',
    })
  })
})

describe('hooks', () => {
  test('those of others are nothing to speak of', async () => {
    using home = temporaryFolder()
    const theirs = { PreToolUse: [{ hooks: [{ type: 'command', command: './check.sh' }] }] }
    expect(await checkHooks(given(home, { hooks: theirs, disableAllHooks: true }))).toBeUndefined()
  })

  test.each([
    [[], /^in .*settings\.json, sent to http:\/\/127\.0\.0\.1:8766$/],
    [['--command'], /^in .*settings\.json, as a command$/],
  ])('those that a setup with %j has put there are found', async (args, text) => {
    using home = temporaryFolder()
    await runHere(['setup', 'claude-code', ...args], { HOME: home.path })
    const check = await checkHooks({ HOME: home.path })
    expect(check?.state).toBe('ok')
    expect(check?.text).toMatch(text)
  })

  test('a setting that keeps them from being called is named', async () => {
    using home = temporaryFolder()
    const env = given(home, { disableAllHooks: true, allowedHttpHookUrls: [] })
    await runHere(['setup', 'claude-code'], { HOME: home.path })
    expect(await checkHooks(env)).toMatchObject({
      state: 'note',
      text: 'Claude Code does not call them',
      fix: expect.stringMatching(/`disableAllHooks` is on.* `allowedHttpHookUrls` blocks/),
    })
  })
})
