import { expect, test } from 'vitest'
import { countEach, skillsBySession } from '../../src/report/by-session.ts'
import type { UseFacts } from '../../src/report/read.ts'
import { skillKey } from '../../src/report/skill-key.ts'

function aUse(use_id: string, overrides: Partial<UseFacts> = {}): UseFacts {
  return {
    use_id,
    kind: 'skill',
    skill_name: 'pdf-fill',
    session_id: 's1',
    parent_use_id: null,
    began_at: '2026-11-22T10:00:00.000Z',
    calls_with_nested: 3,
    failed_calls_with_nested: 1,
    ...overrides,
  }
}

const PDF_FILL = skillKey(aUse('any'))

test('uses of a skill are summed in each session', () => {
  const uses = [aUse('a'), aUse('b'), aUse('c', { session_id: 's2', calls_with_nested: 5 })]
  expect(skillsBySession(uses).get(PDF_FILL)).toEqual([
    { uses: 2, calls: 6, failedCalls: 2 },
    { uses: 1, calls: 5, failedCalls: 1 },
  ])
})

test('calls of a use inside of another use of the same skill count once', () => {
  const uses = [
    aUse('outer', { calls_with_nested: 9, failed_calls_with_nested: 4 }),
    aUse('between', { skill_name: 'deploy', parent_use_id: 'outer' }),
    aUse('inner', { parent_use_id: 'between' }),
  ]
  expect(skillsBySession(uses).get(PDF_FILL)).toEqual([{ uses: 2, calls: 9, failedCalls: 4 }])
})

test('a command and a skill of one name are apart', () => {
  expect(skillsBySession([aUse('a'), aUse('b', { kind: 'command' })]).size).toBe(2)
})

test('values are counted', () => {
  expect(countEach(['a', 'b', 'a'])).toEqual([2, 1])
})
