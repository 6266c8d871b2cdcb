import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { RunningProcess } from '@skillwatch/testkit'
import { machineNowMs } from '@skillwatch/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../src/program.ts'
import { runCli, runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

let own: OwnEnvironment
let ingest: RunningProcess
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  ingest = stack.use(await startService('ingest', own))
})
afterAll(() => stack.disposeAsync())

const PENDING_NOTE =
  'The database file may still hold traces of it. --wait waits until the receipt is final.\n'

function aCall(session_id: string, overrides: object = {}) {
  return { session_id, skill_name: 'pdf-fill', outcome: 'completed', ...overrides }
}

/**
 * The command as a person at a terminal runs it, who types `answer` when asked; undefined ends the input.
 */
async function runAtTerminal(args: readonly string[], answer: string | undefined) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end(answer)
  const terminal = Object.assign(stdin, { isTTY: true })
  const code = await run(args, {
    stdin: terminal,
    stdout,
    stderr,
    env: own.env,
    signal: new AbortController().signal,
    nowMs: machineNowMs,
  })
  stdout.end()
  stderr.end()
  return { code, stdout: await text(stdout), stderr: await text(stderr) }
}

async function invocationsOf(session: string): Promise<number> {
  const { stdout } = await runHere(['delete', '--session', session, '--yes', '--json'], own.env)
  return JSON.parse(stdout).invocations
}

describe('delete', () => {
  test('--yes deletes and prints the receipt', async () => {
    await record(own, aCall('printed'), aCall('printed'))
    const { code, stdout, stderr } = await runCli(['delete', '--session', 'printed', '--yes'], own.env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: PENDING_NOTE })
    expect(stdout).toMatch(
      /^receipt +[0-9a-f-]{36}\ndeleted at +20\S+Z\n(status +.*\n)?project +default\nsession_id +printed\ninvocations +2\nuncorrelated observations +0\nmodel requests +0\nexperiment assignments +0\nexperiment outcomes +0\noffsets +\d+ to \d+\n$/,
    )
    expect(await invocationsOf('printed')).toBe(0)
  })

  test('--json prints the receipt on one line, without the id of a person', async () => {
    await record(own, aCall('person', { user_id: 'ann@example.org' }))
    const { stdout, stderr } = await runCli(
      ['delete', '--user', 'ann@example.org', '--yes', '--json'],
      own.env,
    )
    expect(JSON.parse(stdout)).toMatchObject({ invocations: 1, selection: { user_id: 'given' } })
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stdout + stderr + ingest.output()).not.toContain('ann@example.org')
  })

  test.each([
    [
      ['--session', 'nobody'],
      /^No invocation.* A session is found by its whole id: `skillwatch sessions --full` shows it\.\n$/,
    ],
    [
      ['--skill', 'nobody'],
      'No invocation, model request or outcome was found; they may have been deleted before.\n',
    ],
    [['--user', 'Nobody'], /^No invocation.* A user is found by the exact spelling of the recorded id\.\n$/],
    [['--agent', 'Nobody'], /^No invocation.* An agent is found by the exact spelling of its name\.\n$/],
  ])('%j, of which nothing is stored, has a receipt and an explanation', async (args, words) => {
    const { code, stdout, stderr } = await runCli(['delete', '--yes', '--json', ...args], own.env)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ invocations: 0, first_offset: null })
    expect(stderr).toMatch(words)
  })

  test('--agent deletes what one agent reported', async () => {
    await record(own, aCall('agents', { agent_name: 'codex' }), aCall('agents'))
    const { stdout } = await runHere(['delete', '--agent', 'codex', '--yes', '--json'], own.env)
    expect(JSON.parse(stdout)).toMatchObject({ invocations: 1, selection: { agent_name: 'codex' } })
    expect(await invocationsOf('agents')).toBe(1)
  })

  test('--project empties an open project and no other, and follows the receipt to its end', async () => {
    await record(own, aCall('mine'))
    const simulation = ['simulate', '--rate', '50', '--duration', '0.1', '--project', 'Büro 8']
    expect((await runHere(simulation, own.env)).code).toBe(0)
    const line = ['delete', '--project', 'Büro 8', '--yes', '--json', '--wait']
    const deleted = JSON.parse((await runHere(line, own.env)).stdout)
    expect(deleted).toMatchObject({ project: 'Büro 8', status: 'final', selection: { project: 'Büro 8' } })
    expect(deleted.invocations).toBeGreaterThan(0)
    const again = await runHere(['delete', '--project', 'Büro 8', '--yes'], own.env)
    expect(again.stdout).toMatch(/^project +Büro 8\ndeleted +everything of the project\ninvocations +0$/m)
    expect(await invocationsOf('mine')).toBe(1)
    const typo = await runHere(['delete', '--project', 'buro', '--yes'], own.env)
    expect([typo.code, typo.stderr]).toEqual([1, expect.stringMatching(/the request is for project "buro"/)])
  })

  test('--kind deletes only calls of that kind, and --before accepts an age', async () => {
    const old = new Date(machineNowMs() - 100 * 86_400_000).toISOString()
    await record(
      own,
      aCall('kinds', { skill_name: 'twice', kind: 'command' }),
      aCall('kinds', { skill_name: 'twice' }),
      aCall('kinds', { skill_name: 'history', invoked_at: old }),
    )
    const one = await runHere(
      ['delete', '--skill', 'twice', '--kind', 'command', '--yes', '--json'],
      own.env,
    )
    expect(JSON.parse(one.stdout)).toMatchObject({
      invocations: 1,
      selection: { skill_name: 'twice', kind: 'command' },
    })
    const past = await runHere(['delete', '--before', '90d', '--yes', '--json'], own.env)
    expect(JSON.parse(past.stdout)).toMatchObject({
      invocations: 1,
      selection: { before: expect.any(String) },
    })
    expect(await invocationsOf('kinds')).toBe(1)
  })

  test.each(['y\n', 'YES\n'])('at a terminal it asks, and %j deletes', async (answer) => {
    await record(own, aCall('asked'))
    const { code, stdout, stderr } = await runAtTerminal(['delete', '--session', 'asked'], answer)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^invocations +1$/m) })
    const [question, note] = stderr.split('[y/N] ')
    expect(question).toMatch(
      /^This deletes all data of session asked at http:\S+ It cannot be undone\.\nDelete it\? $/,
    )
    expect(note).toBe(PENDING_NOTE)
  })

  test.each(['n\n', '\n', 'yesterday\n', undefined])('at a terminal %j deletes nothing', async (answer) => {
    const { code, stdout, stderr } = await runAtTerminal(['delete', '--skill', 'pdf-fill'], answer)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/all calls of pdf-fill .*Nothing was deleted\.\n$/s)
  })

  test('when stdin is not a terminal it requires --yes and deletes nothing', async () => {
    await record(own, aCall('scripted'))
    const { code, stdout, stderr } = await runCli(['delete', '--session', 'scripted'], own.env)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('add --yes')
    expect(await invocationsOf('scripted')).toBe(1)
  })

  test.each([
    [[], /exactly one of --session, --user, --agent, --skill, --before and --project; none was given/],
    [['--session', 'a', '--user', 'b'], /; 2 were given/],
    [['--session', 'a', '--kind', 'skill'], /--kind needs --skill/],
    [['--skill', 'a', '--kind', 'skil'], /Allowed choices are skill, command/],
    [['--before', 'yesterday'], /Expected an age such as 90d/],
  ])('%j is a wrong command line', async (args, message) => {
    const { code, stdout, stderr } = await runHere(['delete', '--yes', ...args], own.env)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})
