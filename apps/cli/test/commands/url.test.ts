import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@skillwatch/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli, runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'

let own: OwnEnvironment
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
})
afterAll(() => stack.disposeAsync())

const urlOf = (name: keyof OwnEnvironment['ports']) => `http://127.0.0.1:${own.ports[name]}`

/** What a command prints that calls one service at the address of another. */
function advice(actual: 'ingest' | 'ws-gateway', called: 'ingest' | 'ws-gateway', option: string): string {
  return (
    `${actual} answers at ${urlOf(actual)}, and this command calls ${called}, which listens on port ` +
    `${own.ports[called]}: set ${option} to ${urlOf(called)}.`
  )
}

describe('the address of a server', () => {
  test('is its host alone, in the option and in the variable; each command adds the port', async () => {
    const host = 'http://127.0.0.1'
    for (const args of [['keys', 'list'], ['sessions'], ['tail', '--no-follow']])
      for (const [more, env] of [[['--url', host], {}] as const, [[], { SKILLWATCH_URL: host }] as const])
        expect(await runHere([...args, ...more], { ...own.env, ...env })).toMatchObject({ code: 0 })
  })

  test('may be given as --gateway-url to commands that read, which call that deprecated', async () => {
    const line = ['sessions', '--json', '--gateway-url', urlOf('ws-gateway')]
    const { code, stdout, stderr } = await runHere(line)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[]\n' })
    expect(stderr).toBe('--gateway-url is deprecated: its name is --url now.\n')
  })

  test.each([
    ['sessions'],
    ['overview'],
    ['usage'],
    ['skills'],
    ['coverage'],
    ['show', 'x'],
    ['tail'],
    ['tail', '--no-follow'],
    ['tail', '--no-follow', '--from', 'start'],
  ])('of ingest is refused by `%s %s %s %s` with that of ws-gateway', async (...args) => {
    const { code, stdout, stderr } = await runHere([...args, '--url', urlOf('ingest')], own.env)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(`error: ${advice('ingest', 'ws-gateway', '--url or SKILLWATCH_URL')}\n`)
  })

  test.each([
    ['keys', 'list'],
    ['project', 'list'],
    ['recount', '--repair'],
    ['delete', '--session', 'x', '--yes'],
    ['simulate', '--duration', '1'],
    ['import', 'ndjson', 'calls.ndjson'],
    ['setup', 'claude-code', '--dry-run'],
  ])('of ws-gateway is refused by `%s %s %s %s` with that of ingest', async (...args) => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'calls.ndjson')
    writeFileSync(file, '{}\n')
    const line = args.map((arg) => (arg === 'calls.ndjson' ? file : arg))
    const env = { ...own.env, HOME: folder.path, SKILLWATCH_INGEST_URL: urlOf('ws-gateway') }
    const { code, stdout, stderr } = await runHere(line, env)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`error: ${advice('ws-gateway', 'ingest', '--url or SKILLWATCH_INGEST_URL')}\n`)
  })

  test('of ws-gateway is named by `run`, whose command runs all the same', async () => {
    const env = { ...own.env, SKILLWATCH_URL: urlOf('ws-gateway') }
    const line = ['run', '--skill', 'x', '--', process.execPath, '-e', 'process.exitCode = 3']
    const { code, stderr } = await runCli(line, env)
    expect(code).toBe(3)
    expect(stderr).toContain('the call waits in ')
    expect(stderr).toContain(advice('ws-gateway', 'ingest', '--url or SKILLWATCH_URL'))
  })

  test('of another service is found by doctor', async () => {
    const env = { ...own.env, SKILLWATCH_INGEST_URL: urlOf('ws-gateway') }
    const { stdout } = await runHere(['doctor', '--json'], env)
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string; fix?: string }[] }
    const states = checks.filter(({ name }) => name === 'ingest' || name === 'ws-gateway')
    expect(states).toMatchObject([{ state: 'broken' }, { state: 'ok' }])
    expect(states[0]!.fix).toBe(advice('ws-gateway', 'ingest', '--url or SKILLWATCH_INGEST_URL'))
  })
})
