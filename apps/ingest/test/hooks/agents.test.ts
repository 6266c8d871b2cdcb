import { expect, test } from 'vitest'
import { createAgentCalls } from '../../src/hooks/agents.ts'

const base = { session_id: 's' }
const begin = (tool_use_id: string, subagent_type: string, more: object = {}) => ({
  ...base,
  hook_event_name: 'PreToolUse',
  tool_name: 'Agent',
  tool_input: { subagent_type },
  tool_use_id,
  ...more,
})
const end = (tool_use_id: string, agentId: string) => ({
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

test('a call inside of a sub-agent names the call that started it', () => {
  const agents = createAgentCalls()
  for (const event of [begin('t-1', 'Explore'), start('a-1', 'Explore')]) agents.parentOf(event)
  expect(agents.parentOf(inside('a-1'))).toBe('t-1')
  expect([agents.parentOf(inside('a-2')), agents.parentOf(inside('a-1', 'other'))]).toEqual([
    undefined,
    undefined,
  ])
})

test('sub-agents of different kinds are told apart, and a second one of a kind once the first has started', () => {
  const agents = createAgentCalls()
  const events = [
    begin('t-1', 'Explore'),
    begin('t-2', 'Plan'),
    start('a-2', 'Plan'),
    start('a-1', 'Explore'),
  ]
  for (const event of [...events, begin('t-3', 'Explore'), start('a-3', 'Explore')]) agents.parentOf(event)
  expect(['a-1', 'a-2', 'a-3'].map((agent) => agents.parentOf(inside(agent)))).toEqual(['t-1', 't-2', 't-3'])
})

test('of two alike at the same time nothing is guessed; their results tell', () => {
  const agents = createAgentCalls()
  for (const event of [begin('t-1', 'Explore'), begin('t-2', 'Explore'), start('a-2', 'Explore')])
    agents.parentOf(event)
  expect(agents.parentOf(inside('a-2'))).toBeUndefined()
  agents.parentOf(end('t-2', 'a-2'))
  expect(agents.parentOf(inside('a-2'))).toBe('t-2')
})

test('a sub-agent started by a sub-agent belongs to the call that was made inside', () => {
  const agents = createAgentCalls()
  for (const event of [begin('t-1', 'Plan'), start('a-1', 'Plan')]) agents.parentOf(event)
  expect(agents.parentOf(begin('t-2', 'Explore', { agent_id: 'a-1' }))).toBe('t-1')
  agents.parentOf(start('a-2', 'Explore'))
  expect(agents.parentOf(inside('a-2'))).toBe('t-2')
})

test('the oldest give way when there are too many', () => {
  const agents = createAgentCalls(1)
  for (const number of [1, 2]) {
    agents.parentOf(begin(`t-${number}`, 'Explore'))
    agents.parentOf(start(`a-${number}`, 'Explore'))
  }
  expect([agents.parentOf(inside('a-1')), agents.parentOf(inside('a-2'))]).toEqual([undefined, 't-2'])
})
