import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readHook } from '../../src/claude-code/index.ts'
import { parseObservation } from '../../src/index.ts'
import { NOW_MS } from '../clock.ts'

const SECRET = 'sk-planted-secret'
const base = { session_id: 's-1', transcript_path: '/home/me/t.jsonl', cwd: '/home/me', prompt_id: 'p-1' }
const skillCall = {
  ...base,
  tool_name: 'Skill',
  tool_input: { skill: 'pdf', args: SECRET },
  tool_use_id: 'toolu_1',
}

function read(event: unknown, withTexts = false) {
  return readHook(event, { receivedAtMs: NOW_MS, withTexts })
}

function observed(event: unknown, withTexts = false) {
  const extraction = read(event, withTexts)
  if (!('observation' in extraction)) throw new Error(`no observation: ${JSON.stringify(extraction)}`)
  return extraction.observation
}

test('a call that begins is running and has the id of the call, its skill and its prompt', () => {
  expect(observed({ ...skillCall, hook_event_name: 'PreToolUse' })).toEqual({
    invocation_id: 'toolu_1',
    kind: 'skill',
    skill_name: 'pdf',
    session_id: 's-1',
    witness: 'hook',
    agent_name: 'claude-code',
    repository: 'me',
    prompt_id: 'p-1',
    trigger: 'agent',
    invoked_at: NOW_MS,
    outcome: 'running',
    attributes: {
      'gen_ai.tool.name': 'Skill',
      'claude_code.tool_input_size_bytes': JSON.stringify(skillCall.tool_input).length,
    },
  })
})

test.each([
  [
    'PostToolUse',
    { tool_response: 'x€', duration_ms: 12.5 },
    { outcome: 'completed', ended_at: NOW_MS, execution_ms: 12.5 },
  ],
  ['PostToolUse', { tool_response: {} }, { outcome: 'completed', ended_at: NOW_MS }],
  [
    'PostToolUseFailure',
    { error: 'Exit code 3\nsecret', duration_ms: 4 },
    { outcome: 'failed', error_type: 'exit_code_3', execution_ms: 4 },
  ],
  [
    'PostToolUseFailure',
    { error: 'x', is_interrupt: true },
    { outcome: 'rejected', error_type: 'user_interrupted' },
  ],
  [
    'PostToolUseFailure',
    { error: 'Permission to use Bash denied' },
    { outcome: 'rejected', error_type: 'permission_denied' },
  ],
  [
    'PermissionDenied',
    { reason: SECRET },
    { outcome: 'rejected', error_type: 'permission_denied', ended_at: NOW_MS },
  ],
])('%s with %j reports %j', (hook_event_name, more, expected) => {
  const observation = observed({ ...skillCall, ...more, hook_event_name })
  expect(observation).toMatchObject({
    invocation_id: 'toolu_1',
    kind: 'skill',
    skill_name: 'pdf',
    ...expected,
  })
  expect(observation.invoked_at).toBeUndefined()
  expect(JSON.stringify(observation)).not.toContain('secret')
})

test('durations that are impossible are left out', () => {
  for (const duration_ms of [-1, 1e12, '7', null]) {
    const event = { ...skillCall, hook_event_name: 'PostToolUse', duration_ms }
    expect(observed(event)).not.toHaveProperty('execution_ms')
  }
})

test('a typed command is a call of its own, with an id derived from its prompt', () => {
  const event = {
    ...base,
    hook_event_name: 'UserPromptExpansion',
    command_name: '/review',
    command_args: SECRET,
  }
  expect(observed(event)).toMatchObject({
    invocation_id: 'command_p-1',
    kind: 'command',
    skill_name: 'review',
    trigger: 'user',
    outcome: 'completed',
  })
  expect(JSON.stringify(observed(event))).not.toContain(SECRET)
})

test('a typed command of an unknown prompt has an id that does not contain its session', () => {
  const { prompt_id: _, ...event } = {
    ...base,
    hook_event_name: 'UserPromptExpansion',
    command_name: '/review',
  }
  const { invocation_id, session_id } = observed(event)
  expect(invocation_id).toMatch(/^command_[0-9a-f-]{36}$/)
  expect(invocation_id).not.toContain(session_id)
})

test('a call inside a sub-agent names the sub-agent', () => {
  const event = { ...skillCall, hook_event_name: 'PreToolUse', agent_id: 'a-9' }
  expect(observed(event).attributes).toMatchObject({ 'gen_ai.agent.id': 'a-9' })
})

test('texts are included only when asked for, without characters that the wire refuses', () => {
  const event = { ...skillCall, hook_event_name: 'PostToolUse', tool_response: `a\0b\ud800${SECRET}` }
  expect(JSON.stringify(observed(event))).not.toContain(SECRET)
  const { arguments: args, result } = observed(event, true)
  expect({ args, result }).toEqual({
    args: `{"skill":"pdf","args":"${SECRET}"}`,
    result: `a\ufffdb\ufffd${SECRET}`,
  })
  const long = observed({ ...event, tool_response: 'x'.repeat(100_001) }, true)
  expect(long.result).toBeUndefined()
  expect(long.attributes).toMatchObject({ 'claude_code.tool_result_size_bytes': 100_001 })
})

test.each([
  [{ ...base, hook_event_name: 'SubagentStart', agent_id: 'a' }, 'no_call'],
  [{ ...base, hook_event_name: 'BrandNew' }, 'unknown_event'],
  [{ ...base }, 'missing_fields'],
  [{ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_use_id: 't' }, 'missing_fields'],
  [{ ...base, hook_event_name: 'PreToolUse', tool_name: 'Bash' }, 'missing_fields'],
  [{ ...base, hook_event_name: 'UserPromptExpansion' }, 'missing_fields'],
  [null, 'missing_fields'],
  [[], 'missing_fields'],
  [{ hook_event_name: 'SessionEnd', reason: 'other' }, 'missing_fields'],
])('%j is ignored: %s', (event, ignored) => {
  expect(read(event)).toEqual({ ignored })
})

test('the end of a session is its id and the time of receipt', () => {
  const event = { ...base, hook_event_name: 'SessionEnd', reason: 'other' }
  expect(read(event)).toEqual({ sessionEnd: { session_id: 's-1', ended_at: NOW_MS } })
})

test('any event gives an observation that the wire accepts or checks, never an exception', () => {
  const names = fc.constantFrom('PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PermissionDenied', 'x')
  const event = fc.record(
    {
      hook_event_name: fc.oneof(names, fc.anything()),
      session_id: fc.oneof(fc.string(), fc.jsonValue()),
      tool_name: fc.oneof(fc.constantFrom('Skill', 'Agent', 'mcp__a__b'), fc.jsonValue()),
      tool_use_id: fc.oneof(fc.string(), fc.jsonValue()),
      tool_input: fc.jsonValue(),
      tool_response: fc.jsonValue(),
      duration_ms: fc.jsonValue(),
      error: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(event, fc.jsonValue()), fc.boolean(), (value, withTexts) => {
      const extraction = read(value, withTexts)
      if (!('observation' in extraction)) return
      const parsed = parseObservation(extraction.observation, NOW_MS, () => 'made')
      // Only names that the event contains can be refused; every other field is made to fit.
      if ('reason' in parsed)
        expect(parsed.pointer).toMatch(/^\/(invocation_id|session_id|skill_name|prompt_id|attributes)/)
    }),
  )
})

test('a prompt has its session, its id and the name of the folder, and nothing of its text', () => {
  const event = {
    hook_event_name: 'UserPromptSubmit',
    session_id: 's-1',
    prompt_id: 'p-1',
    cwd: '/home/me/shop',
  }
  expect(readHook({ ...event, prompt: 'secret' }, { receivedAtMs: NOW_MS, withTexts: true })).toEqual({
    prompt: {
      prompt_id: 'p-1',
      session_id: 's-1',
      agent_name: 'claude-code',
      repository: 'shop',
      began_at: NOW_MS,
    },
  })
})
