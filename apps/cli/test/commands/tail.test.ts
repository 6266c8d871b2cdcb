import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { UpsertChange } from '@skillwatch/schema'
import { inheritedEnvironment, until } from '@skillwatch/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI_BIN, runCli, runHere, startCli } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

let own: OwnEnvironment
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
})
afterAll(() => stack.disposeAsync())

function anEnd(invocation_id: string, overrides: object = {}) {
  return {
    invocation_id,
    skill_name: 'pdf-fill',
    session_id: 'tail',
    outcome: 'completed',
    execution_ms: 1_500,
    ...overrides,
  }
}

/** Tail with history, so that nothing depends on who was first. */
function startTail(args: readonly string[] = []) {
  return startCli(['tail', '--from', 'start', ...args], { env: own.env, ready: async () => true })
}

describe('tail', () => {
  // The first test, while nothing is recorded.
  test('--no-follow of an empty database leads to the import of a history', async () => {
    expect(await runHere(['tail', '--no-follow'], own.env)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'Nothing was recorded yet. `skillwatch import claude-code` imports a history.\n',
    })
  })

  test('a line is printed per ended invocation, without escape codes when piped', async () => {
    await record(
      own,
      anEnd('line-1', {
        session_id: 'lines',
        skill_name: 'evil\u202ename',
        error_type: 'a\u001b[2Jb',
        outcome: 'failed',
      }),
    )
    await using tail = await startTail(['--session', 'lines'])
    await until(() => tail.output().includes('failed'))
    expect(tail.output()).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}skill {4}evil�name +✘ failed +1\.5 s {2}lines {5}a�\[2Jb\n$/,
    )
  })

  test('what runs is shown with --running only', async () => {
    const begin = { invocation_id: 'run-1', skill_name: 'slow', session_id: 'running', outcome: 'running' }
    await record(own, begin)
    await using all = await startTail(['--session', 'running', '--running'])
    await until(() => all.output().includes('… running'))
    await using ended = await startTail(['--session', 'running'])
    await record(own, { ...begin, outcome: 'completed', execution_ms: 10 })
    await until(() => ended.output().includes('✔ completed') && all.output().includes('✔ completed'))
    expect(ended.output()).not.toContain('running …')
    expect(ended.output().trim().split('\n')).toHaveLength(1)
  })

  test('with --json each line is a change', async () => {
    await record(own, anEnd('json-1', { session_id: 'json' }), anEnd('json-2', { session_id: 'json' }))
    await using tail = await startTail(['--session', 'json', '--json'])
    await until(() => tail.output().split('\n').length > 2)
    const changes: UpsertChange[] = tail
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(changes.map(({ invocation }) => invocation.invocation_id)).toEqual(['json-1', 'json-2'])
    expect(changes[0]).toMatchObject({ op: 'insert', offset: expect.any(Number) })
  })

  test('filters of several fields must all match, and a field may be given several values', async () => {
    const session_id = 'filters'
    await record(
      own,
      anEnd('filter-1', { session_id, skill_name: 'a', kind: 'command' }),
      anEnd('filter-2', { session_id, skill_name: 'b' }),
      anEnd('filter-3', { session_id, skill_name: 'c', kind: 'tool' }),
      anEnd('filter-4', { session_id, skill_name: 'd', outcome: 'failed', workflow_phase: 'setup' }),
    )
    const shown = async (args: string[], last: string) => {
      await using tail = await startTail(['--session', session_id, '--json', ...args])
      await until(() => tail.output().includes(last))
      return tail.output().match(/filter-\d/g)
    }
    expect(await shown(['--kind', 'skill', '--kind', 'command'], 'filter-4')).toEqual([
      'filter-1',
      'filter-2',
      'filter-4',
    ])
    expect(await shown(['--skill', 'b', 'c'], 'filter-3')).toEqual(['filter-2', 'filter-3'])
    expect(await shown(['--outcome', 'failed', '--phase', 'setup'], 'filter-4')).toEqual(['filter-4'])
  })

  test('--no-follow shows the last 10 stored invocations and ends with 0', async () => {
    const session_id = 'last-ten'
    await record(own, ...Array.from({ length: 12 }, (_, index) => anEnd(`ten-${index + 1}`, { session_id })))
    const args = ['tail', '--no-follow', '--session', session_id]
    const { code, stdout, stderr } = await runCli([...args, '--json'], own.env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.match(/ten-\d+/g)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((each) => `ten-${each}`))
    const all = await runHere([...args, '--from', 'start'], own.env)
    expect(all.stdout.match(/pdf-fill/g)).toHaveLength(12)
  })

  test('--lines shows the last of those that pass the filters, and then new ones', async () => {
    const session_id = 'last-lines'
    await record(
      own,
      anEnd('lines-1', { session_id, outcome: 'failed' }),
      anEnd('lines-2', { session_id, outcome: 'failed' }),
      anEnd('lines-3', { session_id }),
      anEnd('lines-4', { session_id, outcome: 'failed' }),
      anEnd('lines-5', { session_id }),
    )
    const args = ['tail', '--lines', '2', '--session', session_id, '--outcome', 'failed', '--json']
    await using tail = await startCli(args, { env: own.env, ready: async () => true })
    await until(() => tail.output().includes('lines-4'))
    await record(own, anEnd('lines-6', { session_id, outcome: 'failed' }))
    await until(() => tail.output().includes('lines-6'))
    expect(tail.output().match(/lines-\d/g)).toEqual(['lines-2', 'lines-4', 'lines-6'])
  })

  test('--since begins with what ended from then on', async () => {
    const session_id = 'since'
    await record(
      own,
      anEnd('since-1', { session_id, invoked_at: '2026-11-01T09:00:00Z' }),
      anEnd('since-2', { session_id, invoked_at: '2026-11-03T09:00:00Z' }),
      anEnd('since-3', { session_id, invoked_at: '2026-11-02T09:00:00Z' }),
    )
    const shown = async (...args: string[]) => {
      const line = ['tail', '--no-follow', '--session', session_id, '--json', ...args]
      return (await runHere(line, own.env)).stdout.match(/since-\d/g)
    }
    expect(await shown('--since', '2026-11-02')).toEqual(['since-2', 'since-3'])
    expect(await shown('--since', '2026-11-02', '--lines', '1')).toEqual(['since-3'])
  })

  test('--no-follow without a match says so and ends with 0', async () => {
    const { code, stdout, stderr } = await runHere(['tail', '--no-follow', '--session', 'nobody'], own.env)
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No stored invocation matches.\n',
    })
  })

  test('a reader that goes away ends it quietly', async () => {
    await record(own, anEnd('pipe-1', { session_id: 'pipe' }))
    const child = spawn(process.execPath, [CLI_BIN, 'tail', '--from', 'start', '--session', 'pipe'], {
      env: { ...inheritedEnvironment(), ...own.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk
    })
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const closed = once(child, 'close')
    let index = 1
    await until(async () => {
      if (child.exitCode !== null) return true
      index += 1
      await record(own, anEnd(`pipe-${index}`, { session_id: 'pipe' }))
      return false
    })
    await closed
    expect({ code: child.exitCode, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test.each([[], ['--no-follow']])(
    'the project that does not exist is refused by `tail %s`',
    async (...args) => {
      const { code, stderr } = await runCli(['tail', ...args], { ...own.env, SKILLWATCH_PROJECT: 'nix' })
      expect(code).toBe(1)
      expect(stderr).toMatch(
        /request is for project "nix": .*make it with `skillwatch project create` if it/,
      )
      expect(stderr).not.toContain('wrong_project')
    },
  )

  test('Ctrl-C ends it with 0', async () => {
    await record(own, anEnd('ctrl-c', { session_id: 'ctrl-c' }))
    await using tail = await startTail(['--session', 'ctrl-c'])
    await until(() => tail.output() !== '')
    tail.kill('SIGINT')
    expect(await tail.exited).toEqual({ code: 0, signal: null })
  })
})

test('tail goes on over a restart of the gateway, says so once each way, and misses nothing', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const gateway = await startService('ws-gateway', own)
  await using tail = await startCli(['tail', '--from', 'start', '--json'], {
    env: own.env,
    ready: async () => true,
  })
  await record(own, anEnd('before'))
  await until(() => tail.output().includes('"before"'))
  gateway.kill('SIGKILL')
  await gateway.exited
  await until(() => tail.output().includes('The connection to ws-gateway is lost'))
  await record(own, anEnd('meanwhile'))
  await using _gateway = await startService('ws-gateway', own)
  await record(own, anEnd('after'))
  await until(() => tail.output().includes('"after"'), { timeoutMs: 20_000 })
  expect(tail.output().match(/"(before|meanwhile|after)"/g)).toEqual(['"before"', '"meanwhile"', '"after"'])
  expect(tail.output().match(/is lost/g)).toHaveLength(1)
  expect(tail.output().match(/Connected again; no change is missing\./g)).toHaveLength(1)
})

test('--no-follow of an empty database ends with 0', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)
  expect(await runHere(['tail', '--no-follow'], own.env)).toMatchObject({ code: 0, stdout: '' })
})

test.each([[], ['--no-follow'], ['--no-follow', '--from', 'start']])(
  'without a gateway `tail %s` ends with 1 and says how to start it',
  async (...args) => {
    using own = await ownEnvironment()
    const { code, stdout, stderr } = await runCli(['tail', ...args], own.env)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      `error: ws-gateway does not answer at http://127.0.0.1:${own.ports['ws-gateway']}: start it with \`npm start\`, or set its address with --url or SKILLWATCH_URL.\n`,
    )
  },
)
