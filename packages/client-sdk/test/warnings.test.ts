import { expect, test } from 'vitest'
import { createWarnings } from '../src/shared/warnings.ts'

test('each period of trouble is warned of once, and at most once a minute', () => {
  const logged: string[] = []
  let nowMs = 0
  const warnings = createWarnings({ warn: (message) => void logged.push(message) }, () => nowMs)
  for (let attempt = 1; attempt <= 100; attempt += 1) warnings.warn('delivery', `attempt ${attempt}`)
  warnings.warn('dropped', 'of another kind')
  expect(logged).toEqual(['skillwatch: attempt 1', 'skillwatch: of another kind'])

  nowMs = 59_000
  warnings.over('delivery')
  warnings.warn('delivery', 'flickers')
  expect(logged).toHaveLength(2)

  nowMs = 120_000
  warnings.warn('delivery', 'still the same burst')
  expect(logged).toHaveLength(2)
  warnings.over('delivery')
  warnings.warn('delivery', 'the next burst')
  expect(logged.at(-1)).toBe('skillwatch: the next burst')
})
