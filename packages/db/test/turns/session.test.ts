import { expect, test } from 'vitest'
import { timeline } from '../../src/index.ts'
import { openTestDatabase, PROJECT } from '../database.ts'
import { at, call, prompt, type Report, recordReports } from './derived.ts'

const SESSION = 'scripted'

/** A call of the session: begin and end in seconds after its start. */
function scripted(
  prompt_id: string,
  [from, to]: readonly [number, number],
  name: string,
  more: Record<string, unknown> = {},
): Report {
  const [kind, skill_name, invocation_id] = name.split(' ') as ['tool', string, string]
  return call({
    invocation_id,
    kind,
    skill_name,
    session_id: SESSION,
    prompt_id,
    witness: 'hook',
    trigger: 'agent',
    invoked_at: at(from),
    ended_at: at(to),
    outcome: 'completed',
    ...more,
  } as Parameters<typeof call>[0])
}

function response(
  id: string,
  prompt_id: string,
  second: number,
  output_tokens: number,
  parent?: string,
): Report {
  return {
    apiRequest: {
      request_id: id,
      session_id: SESSION,
      prompt_id,
      model: 'claude-opus-4-6',
      requested_at_ms: at(second),
      output_tokens,
      ...(parent !== undefined && { parent_invocation_id: parent }),
    },
  }
}

const asked = (prompt_id: string, second: number) =>
  prompt({ session_id: SESSION, prompt_id, began_at: at(second), repository: 'shop' })

/**
 * Three prompts. The first is a typed command, in which the agent uses the skill `plan`, which uses the
 * skill `lint`; two sub-agents follow, one with the skill `style`, the other in the background until the
 * third prompt. The user interrupts the second prompt.
 */
const HISTORY: readonly Report[] = [
  asked('p1', 0),
  scripted('p1', [0, 0], 'command release c1', { trigger: 'user' }),
  response('r1', 'p1', 1, 10),
  scripted('p1', [2, 3], 'tool Read t1'),
  scripted('p1', [4, 4], 'skill plan s1'),
  response('r2', 'p1', 5, 20),
  scripted('p1', [6, 7], 'tool Bash t2', { outcome: 'failed' }),
  scripted('p1', [7, 8], 'tool Bash t3'),
  scripted('p1', [9, 9], 'skill lint s2', { trigger: 'nested' }),
  response('r3', 'p1', 10, 40),
  scripted('p1', [11, 12], 'tool Edit t4', { outcome: 'rejected' }),
  scripted('p1', [13, 18], 'agent reviewer a1'),
  scripted('p1', [14, 14], 'tool Read t5', { parent_invocation_id: 'a1' }),
  scripted('p1', [15, 15], 'skill style s3', { parent_invocation_id: 'a1' }),
  response('r4', 'p1', 16, 80, 'a1'),
  scripted('p1', [16, 17], 'tool Grep t6', { parent_invocation_id: 'a1' }),
  scripted('p1', [19, 19], 'agent watcher a2'),
  scripted('p1', [20, 21], 'tool Bash t7', { parent_invocation_id: 'a2' }),
  asked('p2', 30),
  scripted('p2', [31, 31], 'skill plan s4'),
  scripted('p1', [32, 33], 'tool Bash t8', { parent_invocation_id: 'a2' }),
  response('r5', 'p2', 33, 160),
  scripted('p2', [34, 36], 'tool Bash t9', { outcome: 'rejected', error_type: 'user_interrupted' }),
  asked('p3', 40),
  response('r6', 'p3', 41, 320),
  scripted('p1', [42, 43], 'tool Bash t10', { parent_invocation_id: 'a2' }),
]

/**
 * Written by hand. Each use with its calls (failed, refused, retried), seconds of work and output tokens:
 * its own, and after the slash with nested uses.
 */
const TIMELINE = `
turn p1, ended by prompt: 15 calls, 6 uses, 150 tokens
  command release: 2 calls 0/0/0 4 s 10 / 14 calls 1/1/1 43 s 150 again no
    tool Read
    skill plan: 3 calls 1/0/1 5 s 20 / 12 calls 1/1/1 39 s 140 again yes
      tool Bash
      tool Bash
      skill lint: 3 calls 0/1/0 10 s 40 / 9 calls 0/1/0 34 s 120 again no
        tool Edit
        agent reviewer: 2 calls 0/0/0 5 s 0 / 3 calls 0/0/0 5 s 80 again no
          tool Read
          skill style: 1 calls 0/0/0 2 s 80 / 1 calls 0/0/0 2 s 80 again no
            tool Grep
        agent watcher: 3 calls 0/0/0 24 s 0 / 3 calls 0/0/0 24 s 0 again no
          tool Bash
          tool Bash
          tool Bash
turn p2, ended by interruption: 2 calls, 1 uses, 160 tokens
  skill plan: 1 calls 0/1/0 5 s 160 / 1 calls 0/1/0 5 s 160 again no interrupted
    tool Bash
turn p3, ended by null: 0 calls, 0 uses, 320 tokens
`.trim()

test('a session with nested skills, sub-agents and an interruption has the timeline that was written by hand', async () => {
  using database = openTestDatabase()
  await recordReports(database.writer, HISTORY)
  expect(drawn(database.writer)).toBe(TIMELINE)
})

test('the last witness first, one by one, gives the same timeline', async () => {
  using database = openTestDatabase()
  await recordReports(database.writer, HISTORY.toReversed(), { size: 1, deriveEvery: 1 })
  expect(drawn(database.writer)).toBe(TIMELINE)
})

test('pages of one turn, put together, are the whole timeline', async () => {
  using database = openTestDatabase()
  await recordReports(database.writer, HISTORY)
  const prompts: (string | undefined)[] = []
  let cursor: string | null | undefined
  do {
    const page = timeline(database.writer, PROJECT, {
      session_id: SESSION,
      limit: 1,
      ...(cursor && { cursor }),
    })
    prompts.push(...page.items.map(({ turn }) => turn?.prompt_id))
    cursor = page.next_cursor
  } while (cursor !== null)
  expect(prompts).toEqual(['p1', 'p2', 'p3'])
})

test('calls without a prompt are uses by the parents that they name, after all turns', async () => {
  using database = openTestDatabase()
  const loose = (id: string, kind: string, parent?: string) =>
    call({
      invocation_id: id,
      kind,
      skill_name: id,
      session_id: SESSION,
      invoked_at: at(1),
      outcome: 'completed',
      ...(parent !== undefined && { parent_invocation_id: parent }),
    } as Parameters<typeof call>[0])
  const reports = [
    loose('outer', 'skill'),
    loose('inner', 'skill', 'tool'),
    loose('tool', 'tool', 'outer'),
    loose('leaf', 'tool', 'inner'),
    loose('alone', 'tool'),
  ]
  await recordReports(database.writer, reports, { size: 1, deriveEvery: 1 })
  const { items } = timeline(database.writer, PROJECT, { session_id: SESSION, limit: 10 })
  expect(items).toHaveLength(1)
  expect(
    items[0]!.entries.map(({ depth, invocation, use }) => [depth, invocation.skill_name, use?.calls]),
  ).toEqual([
    [0, 'alone', undefined],
    [0, 'outer', 2],
    [1, 'inner', 1],
    [2, 'leaf', undefined],
    [1, 'tool', undefined],
  ])
})

function drawn(reader: Parameters<typeof timeline>[0]): string {
  const { items } = timeline(reader, PROJECT, { session_id: SESSION, limit: 100 })
  return items
    .flatMap(({ turn, entries }) => [
      `turn ${turn!.prompt_id}, ended by ${turn!.ended_by}: ${turn!.calls} calls, ${turn!.uses} uses, ` +
        `${tokensOf(turn!.work)} tokens`,
      ...entries.map(({ depth, invocation, use }) => {
        const name = `${'  '.repeat(depth + 1)}${invocation.kind} ${invocation.skill_name}`
        return use === undefined ? name : `${name}: ${drawnUse(use)}`
      }),
    ])
    .join('\n')
}

function drawnUse(use: NonNullable<ReturnType<typeof timeline>['items'][0]['entries'][0]['use']>): string {
  const own =
    `${use.calls} calls ${use.failed_calls}/${use.rejected_calls}/${use.retried_calls} ` +
    `${use.work_ms / 1_000} s ${tokensOf(use.work)}`
  const all =
    `${use.calls_with_nested} calls ${use.failed_calls_with_nested}/${use.rejected_calls_with_nested}/` +
    `${use.retried_calls_with_nested} ${use.work_ms_with_nested / 1_000} s ${tokensOf(use.work_with_nested)}`
  const again = use.used_again === null ? 'unknown' : use.used_again ? 'yes' : 'no'
  return `${own} / ${all} again ${again}${use.interrupted ? ' interrupted' : ''}`
}

function tokensOf(work: string): number {
  return (JSON.parse(work) as { output_tokens: number }[]).reduce((sum, each) => sum + each.output_tokens, 0)
}
