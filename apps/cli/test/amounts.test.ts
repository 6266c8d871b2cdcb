import { expect, test } from 'vitest'
import { withKind, withNoun } from '../src/amounts.ts'

test('a noun ends with s unless there is one', () => {
  expect([0, 1, 2].map((count) => withNoun(count, 'use', String))).toEqual(['0 uses', '1 use', '2 uses'])
})

test('calls are counted in the plural of their kind unless there is one', () => {
  expect(withKind(1, 'tool', String)).toBe('1 tool')
  expect(withKind(7, 'agent', String)).toBe('7 agents')
  expect([1, 2].map((count) => withKind(count, 'mcp', String))).toEqual(['1 MCP call', '2 MCP calls'])
})
