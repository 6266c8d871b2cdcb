import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundedValues, OTHER } from '../src/bounded-labels.ts'

test('values are admitted in order up to the bound; the others become _other, counted once each', () => {
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

test('the value _other does not count against the bound', () => {
  const names = boundedValues(1)
  expect([OTHER, 'a'].map((name) => names.admit(name))).toEqual([OTHER, 'a'])
  expect(names.foldedCount).toBe(0)
})

test('later values never change the label of earlier ones', () => {
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
