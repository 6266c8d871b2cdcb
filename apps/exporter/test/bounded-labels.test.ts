import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundedValues, OTHER } from '../src/bounded-labels.ts'

test('values are admitted in order until there is no room, the rest is _other and counted once each', () => {
  const names = boundedValues(2)
  expect(['a', 'b', 'c', 'a', 'd', 'c'].map((name) => names.admit(name))).toEqual([
    'a',
    'b',
    OTHER,
    'a',
    OTHER,
    OTHER,
  ])
  expect(names.foldedCount).toBe(2)
})

test('a value that is itself called _other takes no room', () => {
  const names = boundedValues(1)
  expect([OTHER, 'a'].map((name) => names.admit(name))).toEqual([OTHER, 'a'])
  expect(names.foldedCount).toBe(0)
})

test('what comes later never changes the label of what came before', () => {
  const value = fc.constantFrom('a', 'b', 'c', 'd', OTHER)
  fc.assert(
    fc.property(fc.array(value), fc.array(value), fc.integer({ min: 1, max: 4 }), (earlier, later, max) => {
      const before = boundedValues(max)
      const after = boundedValues(max)
      const labels = earlier.map((each) => before.admit(each))
      expect([...earlier, ...later].map((each) => after.admit(each)).slice(0, earlier.length)).toEqual(
        labels,
      )
    }),
  )
})
