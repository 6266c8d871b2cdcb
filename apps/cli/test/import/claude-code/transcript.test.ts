import { type Observation, parseObservation } from '@skillwatch/schema'
import type { JsonObject } from '@skillwatch/schema/claude-code'
import { NOW_MS } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  Transcript,
  type TranscriptOptions,
  type TranscriptState,
} from '../../../src/import/claude-code/transcript.ts'
import { aCall, aMessage, aPrompt, aRecord, aResult, START_MS } from './records.ts'

function read(records: JsonObject[], options: TranscriptOptions = {}) {
  const transcript = new Transcript(options)
  const results = records.map((record) => transcript.read(record))
  return {
    transcript,
    observations: results.flatMap((result) => result.observations),
    skipped: results.flatMap((result) => result.skipped),
    calls: results.flatMap((result) => result.calls),
    prompts: results.flatMap((result) => result.prompts),
  }
}

test('a call and its result are one finished observation with its span', () => {
  const { observations } = read([
    aCall(1, 'toolu_1', { input: { command: 'ls' } }),
    aResult(3, 'toolu_1', { text: 'grüße' }),
  ])
  expect(observations).toEqual([
    {
      invocation_id: 'toolu_1',
      kind: 'tool',
      skill_name: 'Bash',
      session_id: 'session-1',
      witness: 'transcript',
      agent_name: 'claude-code',
      agent_version: '2.1.114',
      model: 'm',
      trigger: 'agent',
      invoked_at: '2026-04-18T13:00:01.000Z',
      ended_at: '2026-04-18T13:00:03.000Z',
      elapsed_ms: 2_000,
      outcome: 'completed',
      attributes: {
        'gen_ai.tool.name': 'Bash',
        'claude_code.version': '2.1.114',
        'claude_code.tool_input_size_bytes': 16,
        'claude_code.tool_result_size_bytes': 7,
      },
    },
  ])
})

test('no text of prompts, inputs, results and errors leaves the machine', () => {
  const secret = 'hunter2'
  const { observations, transcript } = read([
    aPrompt(1, `<command-name>/deploy</command-name><command-args>${secret}</command-args>`),
    aCall(2, 'a', { name: 'Skill', input: { skill: 'pdf', args: secret } }),
    aCall(3, 'b', { messageId: 'message-2', input: { command: secret } }),
    aResult(4, 'a', { text: secret, toolUseResult: { durationMs: 5, stdout: secret } }),
    aResult(5, 'b', { isError: true, text: `Exit code 1\n${secret}`, toolUseResult: `Error: ${secret}` }),
    aCall(6, 'c', { input: { command: secret } }),
  ])
  expect(observations.length).toBe(4)
  expect(JSON.stringify([observations, transcript.reportRunning(), transcript.state()])).not.toContain(
    secret,
  )
})

test('the time that the tool measured itself is its execution time', () => {
  const { observations } = read([aCall(1, 'a'), aResult(3, 'a', { toolUseResult: { durationMs: 120 } })])
  expect(observations[0]).toMatchObject({ execution_ms: 120, elapsed_ms: 2_000 })
})

test('a call that an attribution names as part of a skill is nested', () => {
  const { observations } = read([aCall(1, 'a', { attributionSkill: 'pdf' }), aResult(2, 'a')])
  expect(observations[0]).toMatchObject({
    trigger: 'nested',
    attributes: { 'claude_code.attribution_skill': 'pdf' },
  })
})

test('a typed command is a completed call by the user, named by its record', () => {
  const { observations } = read([aPrompt(1, '<command-name>/clear</command-name>')])
  expect(observations).toMatchObject([
    {
      invocation_id: 'command_uuid-1',
      kind: 'command',
      skill_name: 'clear',
      trigger: 'user',
      outcome: 'completed',
    },
  ])
  expect(observations[0]).not.toHaveProperty('ended_at')
})

test('a call belongs to the prompt that led to it, which only records of the user name', () => {
  const { observations, transcript } = read([
    aPrompt(1, 'go on', { promptId: 'p1' }),
    aCall(2, 'a', { messageId: 'm1' }),
    aCall(3, 'b', { messageId: 'm1' }),
    aResult(4, 'a', { promptId: 'p1' }),
    aPrompt(5, 'and now this', { promptId: 'p2' }),
    // Called before the prompt that had come when it was done.
    aResult(6, 'b', { promptId: 'p2' }),
    aCall(7, 'c'),
  ])
  const prompts = [...observations, ...transcript.reportRunning()].map((each) => [
    each.invocation_id,
    each.prompt_id,
  ])
  expect(prompts).toEqual([
    ['a', 'p1'],
    ['b', 'p1'],
    ['c', 'p2'],
  ])
})

test('a call before the first record that names a prompt belongs to that of its result', () => {
  const { observations } = read([aCall(1, 'a'), aResult(2, 'a', { promptId: 'p1' })])
  expect(observations).toMatchObject([{ invocation_id: 'a', prompt_id: 'p1' }])
})

test('a prompt whose name cannot be an id has the id of its record', () => {
  const { observations } = read([
    aPrompt(1, 'go on', { promptId: 'p\n1' }),
    aCall(2, 'a'),
    aResult(3, 'a', { promptId: 'x'.repeat(201) }),
  ])
  expect(observations).toHaveLength(1)
  expect(observations[0]).toHaveProperty('prompt_id', 'uuid-1')
})

test('a command that begins a prompt is named by it, and those after it by their records', () => {
  const { observations } = read([
    aPrompt(1, 'hello', { promptId: 'p1' }),
    aPrompt(2, '<command-message>deploy</command-message><command-name>/deploy</command-name>', {
      promptId: 'p2',
    }),
    aPrompt(3, 'the text of the skill', { promptId: 'p2', isMeta: true }),
    // Built-in commands begin no prompt: they are written with the one before.
    aPrompt(4, '<command-name>/cost</command-name>', { promptId: 'p2' }),
    aPrompt(5, '<command-name>/exit</command-name>', { promptId: 'p2' }),
  ])
  expect(observations.map(({ invocation_id, prompt_id }) => [invocation_id, prompt_id])).toEqual([
    ['command_p2', 'p2'],
    ['command_uuid-4', undefined],
    ['command_uuid-5', undefined],
  ])
})

test.each([
  [
    'system record of newer versions',
    1,
    aRecord(1, { type: 'system', subtype: 'local_command', content: '<command-name>/cost</command-name>' }),
  ],
  ['text that the program put in', 0, aPrompt(1, '<command-name>/x</command-name>', { isMeta: true })],
  [
    'body of a skill that the agent called',
    0,
    aPrompt(1, '<command-name>/x</command-name>', { sourceToolUseID: 'a' }),
  ],
  ['task of a sub-agent', 0, aPrompt(1, '<command-name>/x</command-name>', { isSidechain: true })],
])('a command in a %s counts %i times', (_, count, record) => {
  expect(read([record]).observations.length).toBe(count)
})

test('a call without a result runs', () => {
  const { observations, transcript } = read([aCall(1, 'a')])
  expect(observations).toEqual([])
  expect(transcript.reportRunning()).toMatchObject([{ invocation_id: 'a', outcome: 'running' }])
  expect(transcript.reportRunning()).toEqual([])
})

test('a later message of the agent proves that a call without result is abandoned', () => {
  const { observations } = read([aCall(1, 'a'), aMessage(2)])
  expect(observations).toMatchObject([{ invocation_id: 'a', outcome: 'abandoned' }])
  expect(observations[0]).not.toHaveProperty('ended_at')
})

test.each([
  ['another line of the same message', aCall(2, 'b', { messageId: 'message-1' })],
  ['a result of another call', aResult(2, 'x')],
  ['a prompt that waits', aPrompt(2, 'and then?')],
  ['a sub-agent that speaks', aMessage(2, { isSidechain: true, agentId: 'g1' })],
  [
    'a message of the program itself',
    aMessage(2, { message: { id: 'm', model: '<synthetic>', content: [] } }),
  ],
])('%s does not abandon a call', (_, record) => {
  expect(read([aCall(1, 'a'), record]).observations).toEqual([])
})

test('side chains of old versions share one file and cannot abandon each other', () => {
  const side = { isSidechain: true }
  expect(
    read([aCall(1, 'a', side), aCall(2, 'b', side), aResult(3, 'a', side), aResult(4, 'b', side)])
      .observations,
  ).toMatchObject([
    { invocation_id: 'a', outcome: 'completed' },
    { invocation_id: 'b', outcome: 'completed' },
  ])
})

test('a session that is idle for longer than the bound has ended, one within it has not', () => {
  const { transcript } = read([aCall(1, 'a')])
  const newestMs = START_MS + 1_000
  expect(transcript.endIfIdle(newestMs + 3_600_000, 3_600_000)).toEqual([])
  expect(transcript.endIfIdle(newestMs + 3_600_001, 3_600_000)).toMatchObject([{ outcome: 'abandoned' }])
  expect(transcript.endIfIdle(newestMs + 9_999_999, 3_600_000)).toEqual([])
})

test('the real result of an abandoned call is reported', () => {
  const { observations } = read([aCall(1, 'a'), aMessage(2), aResult(3, 'a')])
  expect(observations.map(({ outcome }) => outcome)).toEqual(['abandoned', 'completed'])
})

test('a result before its call gives neither an end nor a duration', () => {
  const { observations } = read([aCall(5, 'a'), aResult(1, 'a')])
  expect(observations[0]).toMatchObject({ outcome: 'completed' })
  expect(observations[0]).not.toHaveProperty('ended_at')
  expect(observations[0]).not.toHaveProperty('elapsed_ms')
})

test('sub-agents are linked to the calls that started them, by result and by progress', () => {
  const agents: [string, string][] = []
  const progress = aRecord(2, {
    type: 'progress',
    parentToolUseID: 'b',
    data: { type: 'agent_progress', agentId: 'g2' },
  })
  const records = [
    aCall(1, 'a', { name: 'Agent' }),
    progress,
    aResult(3, 'a', { toolUseResult: { agentId: 'g1' } }),
  ]
  read(records, { onAgent: (agentId, { callId }) => agents.push([agentId, callId]) })
  expect(agents).toEqual([
    ['g2', 'b'],
    ['g1', 'a'],
  ])
})

test('calls of a sub-agent carry the call that started it', () => {
  const { observations } = read(
    [aCall(1, 'a', { agentId: 'g1', isSidechain: true }), aResult(2, 'a', { agentId: 'g1' })],
    {
      parentInvocationId: 'toolu_parent',
    },
  )
  expect(observations[0]).toMatchObject({
    parent_invocation_id: 'toolu_parent',
    attributes: { 'gen_ai.agent.id': 'g1' },
  })
})

test('a call recorded twice is one call', () => {
  const { calls, observations } = read([
    aCall(1, 'a'),
    aCall(2, 'a', { messageId: 'message-1' }),
    aResult(3, 'a'),
  ])
  expect([calls.length, observations.length]).toEqual([1, 1])
})

test.each([
  ['result_without_call', aResult(1, 'nobody')],
  ['no_session', aCall(1, 'a', { sessionId: undefined })],
  ['no_timestamp', aCall(1, 'a', { timestamp: 'yesterday' })],
  [
    'call_without_id_or_name',
    aRecord(1, { type: 'assistant', message: { content: [{ type: 'tool_use' }] } }),
  ],
  ['result_without_id', aRecord(1, { type: 'user', message: { content: [{ type: 'tool_result' }] } })],
])('%s is counted', (reason, record) => {
  expect(read([record]).skipped).toEqual([reason])
})

test('calls that wait without bound give way, oldest first', () => {
  const records = Array.from({ length: 10_001 }, (_, index) => aCall(1, `a${index}`, { messageId: 'one' }))
  const { transcript, skipped } = read(records)
  expect(skipped).toEqual(['too_many_open_calls'])
  expect(transcript.state().openCalls[0]!.start.invocation_id).toBe('a1')
})

/** Few ids, threads and messages, so that calls, results and proofs meet in every order. */
const recordArbitrary = fc
  .tuple(
    fc.integer({ min: 0, max: 99 }),
    fc.constantFrom('a', 'b', 'c'),
    fc.integer({ min: 0, max: 5 }),
    fc.boolean(),
  )
  .map(([second, id, choice, flag]): JsonObject => {
    const thread = flag ? {} : { isSidechain: true, agentId: 'g1' }
    const prompt = second % 4 === 0 ? {} : { promptId: `p${second % 4}` }
    if (choice < 2) return aCall(second, id, { messageId: `m${second % 3}`, ...thread })
    if (choice === 2) return aResult(second, id, { isError: flag, ...prompt })
    if (choice === 3) return aMessage(second, thread)
    if (choice === 4) return aPrompt(second, '<command-name>/clear</command-name>', prompt)
    return aRecord(second, { type: 'unheard-of', data: [{ deep: { sessionId: 1 } }] })
  })

/** As the server keeps it: results outrank their absence. */
function kept(observations: readonly Observation[]): Map<string, Observation> {
  const rank = { running: 0, abandoned: 1, completed: 2, rejected: 3, failed: 4 }
  const rows = new Map<string, Observation>()
  for (const each of observations) {
    const known = rows.get(each.invocation_id!)
    if (known === undefined || rank[each.outcome!] >= rank[known.outcome!])
      rows.set(each.invocation_id!, each)
  }
  return rows
}

test('any split of a file into runs reports the same as one run', () => {
  fc.assert(
    fc.property(
      fc.array(recordArbitrary, { maxLength: 30 }),
      fc.array(fc.nat(30), { maxLength: 4 }),
      (records, cuts) => {
        const whole = read(records)
        const bounds = [
          0,
          ...cuts.map((cut) => Math.min(cut, records.length)).sort((a, b) => a - b),
          records.length,
        ]
        const reported: Observation[] = []
        let state: TranscriptState | undefined
        for (const [index, start] of bounds.slice(0, -1).entries()) {
          const part = read(records.slice(start, bounds[index + 1]), { state })
          reported.push(...part.observations, ...part.transcript.reportRunning())
          // Between two runs the state is a file.
          state = JSON.parse(JSON.stringify(part.transcript.state()))
        }
        expect(kept(reported)).toEqual(kept([...whole.observations, ...whole.transcript.reportRunning()]))
      },
    ),
    { numRuns: 500 },
  )
})

test('reading any record throws nothing and reports only what ingest accepts', () => {
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('type', 'id', 'name', 'input', 'content', 'text', 'skill', 'agentId', 'tool_use_id'),
        tie('value'),
      ),
    ),
  })).value
  const record = fc.record(
    {
      type: fc.constantFrom('assistant', 'user', 'system', 'progress'),
      message: fc.oneof(
        json,
        fc.record({
          id: json,
          content: fc.array(
            fc.record(
              {
                type: fc.constantFrom('tool_use', 'tool_result', 'text'),
                id: fc.constantFrom('a', 'b'),
                tool_use_id: fc.constantFrom('a', 'b'),
                name: fc.constantFrom('Bash', 'Skill', 'Task'),
                input: json,
                content: json,
                is_error: json,
              },
              { requiredKeys: ['type'] },
            ),
          ),
        }),
      ),
      timestamp: fc.constantFrom('2026-04-18T13:00:00.000Z', 'never', 7),
      sessionId: fc.constantFrom('s', '', 3),
      data: json,
      toolUseResult: json,
      agentId: json,
      promptId: json,
      version: json,
      attributionSkill: json,
    },
    { requiredKeys: ['type'] },
  )
  fc.assert(
    fc.property(fc.array(record, { maxLength: 6 }), (records) => {
      const { observations, transcript } = read(records as JsonObject[])
      for (const each of [...observations, ...transcript.reportRunning()]) {
        const parsed = parseObservation(structuredClone(each), NOW_MS, () => 'new')
        if (!('observation' in parsed)) expect(parsed.pointer).toMatch(/^\/(skill_name|attributes)/)
      }
    }),
    { numRuns: 300 },
  )
})

test('a prompt begins with its first record, and ends when the user interrupts it', () => {
  const { prompts } = read([
    aPrompt(1, 'go on', { promptId: 'p1' }),
    aPrompt(2, '[Request interrupted by user]', { promptId: 'p1' }),
    aPrompt(3, 'once more', { promptId: 'p2' }),
  ])
  expect(prompts).toMatchObject([
    { prompt_id: 'p1', began_at: '2026-04-18T13:00:01.000Z' },
    { prompt_id: 'p1', interrupted_at: '2026-04-18T13:00:02.000Z' },
    { prompt_id: 'p2', began_at: '2026-04-18T13:00:03.000Z' },
  ])
})

test('what the agent writes as a message of the user begins no prompt', () => {
  const { prompts } = read([
    aPrompt(1, 'go on'),
    aPrompt(2, '<local-command-stdout>done</local-command-stdout>'),
    aPrompt(3, '<task-notification>a task ended</task-notification>'),
    aPrompt(4, 'a skill was loaded', { isMeta: true }),
    aPrompt(5, 'a summary', { isCompactSummary: true }),
    aPrompt(6, 'look around', { isSidechain: true, agentId: 'g1' }),
  ])
  expect(prompts).toHaveLength(1)
})

test('a typed command of an older version is a prompt once a model answers it', () => {
  const { prompts, observations } = read([
    aPrompt(1, '<command-name>/clear</command-name>'),
    aPrompt(2, '<command-name>/deploy</command-name>'),
    aCall(3, 'a'),
    aResult(4, 'a'),
  ])
  expect(prompts).toMatchObject([{ prompt_id: 'uuid-2' }])
  const inPrompt = observations.filter(({ prompt_id }) => prompt_id === 'uuid-2')
  expect(inPrompt.map(({ skill_name }) => skill_name)).toEqual(['deploy', 'Bash'])
})

test('calls of a sub-agent of an older version belong to the prompt that started it', () => {
  const records = [aCall(1, 'a', { agentId: 'g1' }), aResult(2, 'a', { agentId: 'g1' })]
  const { observations } = read(records, { parentInvocationId: 'start', parentPromptId: 'p1' })
  expect(observations).toMatchObject([{ prompt_id: 'p1', parent_invocation_id: 'start' }])
})
