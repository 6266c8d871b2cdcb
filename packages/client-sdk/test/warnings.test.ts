import { expect, test } from 'vitest'
import { createWarnings } from '../src/warnings.ts'

test('a burst of trouble is told once, and the next one again, though not within a minute', () => {
  const told: string[] = []
  let nowMs = 0
  const warnings = createWarnings({ warn: (message) => void told.push(message) }, () => nowMs)
  for (let attempt = 1; attempt <= 100; attempt += 1) warnings.warn('delivery', `attempt ${attempt}`)
  warnings.warn('dropped', 'of another kind')
  expect(told).toEqual(['skillwatch: attempt 1', 'skillwatch: of another kind'])

  nowMs = 59_000
  warnings.over('delivery')
  warnings.warn('delivery', 'flickers')
  expect(told).toHaveLength(2)

  nowMs = 120_000
  warnings.warn('delivery', 'still the same burst')
  expect(told).toHaveLength(2)
  warnings.over('delivery')
  warnings.warn('delivery', 'the next burst')
  expect(told.at(-1)).toBe('skillwatch: the next burst')
})
