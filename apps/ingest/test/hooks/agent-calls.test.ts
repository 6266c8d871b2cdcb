import type { AgentCall } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { AgentCalls, type RunningCall } from '../../src/hooks/agent-calls.ts'
import { NOW_MS } from '../support.ts'

const base = { session_id: 's' }
const begin = (tool_use_id: string, subagent_type: string, more: object = {}) => ({
  ...base,
  hook_event_name: 'PreToolUse',
  tool_name: 'Agent',
  tool_input: { subagent_type },
  tool_use_id,
  ...more,
})
const end = (tool_use_id: string, agentId?: string) => ({
  ...begin(tool_use_id, 'Explore'),
  hook_event_name: 'PostToolUse',
  tool_response: { agentId },
})
const start = (agent_id: string, agent_type: string) => ({
  ...base,
  hook_event_name: 'SubagentStart',
  agent_id,
  agent_type,
})
const inside = (agent_id: string, session_id = 's') => ({
  session_id,
  agent_id,
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_use_id: 'toolu_inside',
})

/** Agent calls with `stored` as the running calls of every session. */
function agentCalls(options: { stored?: readonly RunningCall[]; entriesMax?: number } = {}) {
  const linked: AgentCall[] = []
  const { stored = [], entriesMax = 100 } = options
  const calls = new AgentCalls({
    runningCalls: () => stored,
    onLinked: (call) => linked.push(call),
    entriesMax,
  })
  const read = (...events: object[]) => events.map((event) => calls.parentOf({ ...event }, NOW_MS)).at(-1)
  return { calls, linked, read }
}

test('a call inside a sub-agent names the call that started it', () => {
  const { read } = agentCalls()
  read(begin('t-1', 'Explore'), start('a-1', 'Explore'))
  expect(read(inside('a-1'))).toBe('t-1')
  expect([read(inside('a-2')), read(inside('a-1', 'other'))]).toEqual([undefined, undefined])
})

test('sub-agents are matched by type, and a second one of a type after the first has started', () => {
  const { read } = agentCalls()
  read(begin('t-1', 'Explore'), begin('t-2', 'Plan'), start('a-2', 'Plan'), start('a-1', 'Explore'))
  read(begin('t-3', 'Explore'), start('a-3', 'Explore'))
  expect(['a-1', 'a-2', 'a-3'].map((agent) => read(inside(agent)))).toEqual(['t-1', 't-2', 't-3'])
})

test('two open calls of one type are not guessed at; their results name their sub-agents', () => {
  const { read } = agentCalls()
  read(begin('t-1', 'Explore'), begin('t-2', 'Explore'), start('a-2', 'Explore'))
  expect(read(inside('a-2'))).toBeUndefined()
  read(end('t-2', 'a-2'))
  expect(read(inside('a-2'))).toBe('t-2')
})

test('a sub-agent started by a sub-agent belongs to the call that was made inside the latter', () => {
  const { read } = agentCalls()
  read(begin('t-1', 'Plan'), start('a-1', 'Plan'))
  expect(read(begin('t-2', 'Explore', { agent_id: 'a-1' }))).toBe('t-1')
  read(start('a-2', 'Explore'))
  expect(read(inside('a-2'))).toBe('t-2')
})

test('the oldest entries are dropped when there are too many', () => {
  const { read } = agentCalls({ entriesMax: 1 })
  for (const number of [1, 2]) read(begin(`t-${number}`, 'Explore'), start(`a-${number}`, 'Explore'))
  expect([read(inside('a-1')), read(inside('a-2'))]).toEqual([undefined, 't-2'])
})

test('each link is reported once, with the time of its event', () => {
  const { linked, read } = agentCalls()
  read(begin('t-1', 'Explore'), start('a-1', 'Explore'), inside('a-1'), end('t-1', 'a-1'))
  expect(linked).toEqual([{ session_id: 's', agent_id: 'a-1', invocation_id: 't-1', seen_at_ms: NOW_MS }])
})

test('a sub-agent belongs to the running call that an earlier process stored', () => {
  const { read } = agentCalls({ stored: [{ invocation_id: 't-1', skill_name: 'Explore' }] })
  read(start('a-1', 'Explore'))
  expect(read(inside('a-1'))).toBe('t-1')
})

test('a stored call that has its sub-agent already is not given a second one', () => {
  const { calls, read } = agentCalls({ stored: [{ invocation_id: 't-1', skill_name: 'Explore' }] })
  calls.restoreLink({ session_id: 's', agent_id: 'a-1', invocation_id: 't-1', seen_at_ms: NOW_MS })
  read(begin('t-2', 'Explore'), start('a-2', 'Explore'))
  expect([read(inside('a-1')), read(inside('a-2'))]).toEqual(['t-1', 't-2'])
})

test('a sub-agent belongs to the running call that an earlier process observed but did not store', () => {
  const { calls, read } = agentCalls()
  calls.restoreCall('s', { invocation_id: 't-1', skill_name: 'Explore' }, true)
  read(start('a-1', 'Explore'))
  expect(read(inside('a-1'))).toBe('t-1')
})

test('a call whose end an earlier process observed is not open, though its stored row still runs', () => {
  const { calls, read } = agentCalls({ stored: [{ invocation_id: 't-1', skill_name: 'Explore' }] })
  calls.restoreCall('s', { invocation_id: 't-1', skill_name: 'Explore' }, false)
  read(begin('t-2', 'Explore'), start('a-2', 'Explore'))
  expect(read(inside('a-2'))).toBe('t-2')
})

test('the end of a call in this process is not undone by its stored row', () => {
  const { read } = agentCalls({ stored: [{ invocation_id: 't-1', skill_name: 'Explore' }] })
  read(end('t-1'), begin('t-2', 'Explore'), start('a-2', 'Explore'))
  expect(read(inside('a-2'))).toBe('t-2')
})
