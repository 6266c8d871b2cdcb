import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Observation } from '@skillwatch/schema'
import { inheritedEnvironment, temporaryFolder, until } from '@skillwatch/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI_BIN, runCli, runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'

let own: OwnEnvironment
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
})
afterAll(() => stack.disposeAsync())

/** Nothing listens on port 1. */
const DOWN = { INGEST_PORT: '1' }

interface Recorded extends Observation {
  invocation_id: string
}

async function recorded(session: string): Promise<Recorded[]> {
  const response = await fetch(
    `http://127.0.0.1:${own.ports['ws-gateway']}/v1/invocations?session_id=${session}`,
  )
  return ((await response.json()) as { items: Recorded[] }).items
}

function spooled(folder: string): Recorded[] {
  const lines = readFileSync(join(folder, 'test.db-spool', 'shared.ndjson'), 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

/** An environment without a server, and where its calls wait. */
function downWith(folder: string) {
  return { ...DOWN, HOME: folder, SKILLWATCH_DATABASE_URL: `sqlite:${folder}/test.db` }
}

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [CLI_BIN, 'run', ...args], {
    env: { ...inheritedEnvironment(), ...env },
    stdio: 'pipe',
  })
}

const shell = (script: string) => ['--', 'sh', '-c', script]

describe('run', () => {
  test('records outcome, time and phase of a command, and hands its output on', async () => {
    const args = ['run', '--skill', 'pytest-run', '--phase', 'execution', '--session', 'ok']
    const ran = await runCli([...args, ...shell('echo out; echo err >&2')], own.env)
    expect(ran).toEqual({ code: 0, signal: null, stdout: 'out\n', stderr: 'err\n' })
    expect(await recorded('ok')).toEqual([
      expect.objectContaining({
        kind: 'skill',
        skill_name: 'pytest-run',
        workflow_phase: 'execution',
        outcome: 'completed',
        execution_ms: expect.any(Number),
        attributes: { 'process.executable.name': 'sh', 'process.exit.code': 0 },
      }),
    ])
  })

  test('a command is seen while it runs', async () => {
    const child = start(['--skill', 'slow', '--session', 'live', ...shell('read line')], own.env)
    await until(async () => (await recorded('live'))[0]?.outcome === 'running')
    child.stdin!.end('go\n')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(await recorded('live')).toEqual([expect.objectContaining({ outcome: 'completed' })])
  })

  test('a failure is recorded by its code, which is handed on', async () => {
    const ran = await runCli(['run', '--skill', 'lint', '--session', 'bad', ...shell('exit 41')], own.env)
    expect(ran).toEqual({ code: 41, signal: null, stdout: '', stderr: '' })
    expect(await recorded('bad')).toEqual([
      expect.objectContaining({ outcome: 'failed', error_type: 'exit_code_41' }),
    ])
  })

  test.each([
    [{ GITHUB_ACTIONS: 'true', GITHUB_WORKFLOW: 'CI', GITHUB_RUN_ID: '912', GITHUB_SHA: 'abc' }, 'CI-912'],
    [
      { GITLAB_CI: 'true', CI_PROJECT_PATH: 'gitlab', CI_PIPELINE_ID: '55', CI_COMMIT_SHA: 'abc' },
      'gitlab-55',
    ],
    [{ JENKINS_URL: 'http://j', JOB_NAME: 'jenkins', BUILD_NUMBER: '12', GIT_COMMIT: 'abc' }, 'jenkins-12'],
    [{ CIRCLECI: 'true', CIRCLE_PROJECT_REPONAME: 'c', CIRCLE_WORKFLOW_ID: 'w', CIRCLE_SHA1: 'abc' }, 'c-w'],
    [
      {
        BUILDKITE: 'true',
        BUILDKITE_PIPELINE_SLUG: 'b',
        BUILDKITE_BUILD_NUMBER: '9',
        BUILDKITE_COMMIT: 'abc',
      },
      'b-9',
    ],
  ])('a build in CI (%j) is the session, with commit and environment', async (build, session) => {
    const args = ['run', '--skill', 'docker-push', '--stage', 'deploy', '--environment', 'staging']
    await runCli([...args, ...shell('true')], { ...own.env, ...build } as Record<string, string>)
    const [call] = await recorded(session)
    expect(call).toMatchObject({ workflow_phase: 'deployment', workflow_step_id: 'deploy' })
    expect(call?.attributes).toMatchObject({
      'vcs.ref.head.revision': 'abc',
      'deployment.environment.name': 'staging',
    })
  })

  test('a run inside of another one belongs to its session and names it as its parent', async () => {
    const inner = `"${process.execPath}" "${CLI_BIN}" run --skill inner -- true`
    await runCli(['run', '--skill', 'outer', '--session', 'nested', ...shell(inner)], own.env)
    const calls = await recorded('nested')
    const outer = calls.find(({ skill_name }) => skill_name === 'outer')
    expect(calls.find(({ skill_name }) => skill_name === 'inner')?.parent_invocation_id).toBe(
      outer?.invocation_id,
    )
  })
})

describe('run without a server', () => {
  test.each([
    ['true', 0, 'completed'],
    ['exit 3', 3, 'failed'],
  ])('`%s` ends with %i and waits in the spool', async (script, code, outcome) => {
    using folder = temporaryFolder()
    const ran = await runCli(['run', '--skill', 'x', ...shell(script)], downWith(folder.path))
    expect(ran).toEqual({ code, signal: null, stdout: '', stderr: '' })
    expect(spooled(folder.path)).toEqual([expect.objectContaining({ skill_name: 'x', outcome })])
  })

  test('input goes to the command, byte by byte', async () => {
    using folder = temporaryFolder()
    const child = start(['--skill', 'cat', '--', 'cat'], downWith(folder.path))
    child.stdin!.end('line 1\nline 2 without end')
    expect(await text(child.stdout!)).toBe('line 1\nline 2 without end')
  })

  test.each([
    [
      'a command that is not there',
      'no-such-command',
      127,
      /"no-such-command" was not started: command not found\n$/,
    ],
    ['an empty one', '', 127, /"" was not started: command not found\n$/],
    [
      'a folder',
      '/tmp',
      126,
      /"\/tmp" was not started: permission denied; check that it is an executable program\n$/,
    ],
  ])('%s ends as in a shell', async (_, command, code, message) => {
    using folder = temporaryFolder()
    const ran = await runCli(['run', '--skill', 'x', '--', command], downWith(folder.path))
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' })
    expect(ran.stderr).toMatch(message)
    expect(spooled(folder.path)).toEqual([expect.objectContaining({ error_type: `exit_code_${code}` })])
  })

  test('a command that dies of a signal ends with 128 and its number', async () => {
    using folder = temporaryFolder()
    const ran = await runCli(['run', '--skill', 'x', ...shell('kill -SEGV $$')], downWith(folder.path))
    expect(ran.code).toBe(139)
    expect(spooled(folder.path)).toEqual([expect.objectContaining({ error_type: 'signal_SIGSEGV' })])
  })

  test.each([
    ['SIGTERM', 'trap "echo told; exit 7" TERM; echo ready; while :; do sleep 0.05; done', 7, 'told\n'],
    ['SIGINT', 'trap "echo told; exit 0" INT; echo ready; while :; do sleep 0.05; done', 0, 'told\n'],
    ['SIGTERM', 'echo ready; exec sleep 60', 143, ''],
  ] as const)('%s is passed on to `%s`, which decides', async (signal, script, code, said) => {
    using folder = temporaryFolder()
    const child = start(['--skill', 'x', ...shell(script)], downWith(folder.path))
    let output = ''
    child.stdout!.on('data', (chunk) => {
      output += chunk
    })
    await until(() => output.includes('ready'))
    child.kill(signal)
    expect(await once(child, 'close')).toEqual([code, null])
    expect(output).toBe(`ready\n${said}`)
    expect(spooled(folder.path)[0]?.outcome).toBe(code === 0 ? 'completed' : 'abandoned')
  })

  test('no server and no spool cost one line on stderr, and nothing else', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'test.db-spool'), '')
    const ran = await runCli(['run', '--skill', 'x', ...shell('exit 5')], downWith(folder.path))
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 5, stdout: '' })
    expect(ran.stderr).toMatch(/^skillwatch run: the call was not recorded: .*\n$/)
  })

  test('a server that never answers holds the command up for two seconds at most', async () => {
    using folder = temporaryFolder()
    const server = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    const env = { ...downWith(folder.path), INGEST_PORT: new URL(url).port }
    const ran = await runCli(['run', '--skill', 'x', ...shell('exit 4')], env)
    server.closeAllConnections()
    server.close()
    expect(ran).toEqual({ code: 4, signal: null, stdout: '', stderr: '' })
    expect(spooled(folder.path)).toHaveLength(1)
  })

  test.each(['http://skillwatch.invalid:8766', 'http://127.0.0.1:2'])(
    "calls for %s, which is not the database's own ingest, wait apart from those for the database",
    async (url) => {
      using folder = temporaryFolder()
      await runCli(['run', '--skill', 'x', '--url', url, ...shell('true')], downWith(folder.path))
      const [key] = readdirSync(join(folder.path, '.local/state/skillwatch/spool'))
      expect(readdirSync(join(folder.path, '.local/state/skillwatch/spool', key!))).toEqual([
        'shared.ndjson',
      ])
      expect(existsSync(join(folder.path, 'test.db-spool'))).toBe(false)
    },
  )
})

test('a spooled run is recorded once ingest is there', async () => {
  using folder = temporaryFolder()
  const env = { ...own.env, ...DOWN, HOME: folder.path }
  await runCli(['run', '--skill', 'late', '--session', 'late', ...shell('true')], env)
  await until(async () => (await recorded('late')).length === 1)
})

test.each([['--version'], ['--help'], ['-V'], ['--skill', 'other'], ['--', '-q']])(
  'options behind the command are its own, also without -- before it: %j',
  async (...options) => {
    using folder = temporaryFolder()
    const args = ['run', '--skill', 'x', 'printf', '%s ', 'ran', ...options]
    expect(await runCli(args, downWith(folder.path))).toMatchObject({
      code: 0,
      stdout: `ran ${options.join(' ')} `,
    })
    expect(spooled(folder.path)).toEqual([expect.objectContaining({ skill_name: 'x' })])
  },
)

test('a refusal is reported when the command has ended, and the call is kept until it is accepted', async () => {
  using folder = temporaryFolder()
  const env = { ...own.env, HOME: folder.path, SKILLWATCH_DATABASE_URL: `sqlite:${folder.path}/test.db` }
  const wrongKey = { ...env, SKILLWATCH_API_KEY: `sw_0123456789ab_${'x'.repeat(32)}` }
  const ran = await runCli(['run', '--skill', 'x', ...shell('exit 6')], wrongKey)
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 6, stdout: '' })
  expect(ran.stderr).toMatch(
    /^skillwatch run: the call waits in \S+\/test\.db-spool: .* answered 401.*API key.*\n$/,
  )
  expect(spooled(folder.path)).toHaveLength(1)
})

test('what a run outside has left in the environment may be anything', async () => {
  const env = {
    ...own.env,
    SKILLWATCH_SESSION_ID: 'odd',
    SKILLWATCH_PARENT_INVOCATION_ID: `\n${'p'.repeat(300)}`,
  }
  expect(await runCli(['run', '--skill', 'x', ...shell('true')], env)).toMatchObject({ code: 0, stderr: '' })
  expect((await recorded('odd'))[0]?.parent_invocation_id).toBe(` ${'p'.repeat(199)}`)
})

test('without a command, or without its name, nothing is run', async () => {
  expect(await runHere(['run', '--skill', 'x'])).toMatchObject({ code: 2, stdout: '' })
  expect(await runHere(['run', '--', 'true'])).toMatchObject({ code: 2, stdout: '' })
})
