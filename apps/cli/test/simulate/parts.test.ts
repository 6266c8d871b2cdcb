import { join } from 'node:path'
import { sharedData } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectObservations } from '../../src/simulate/collect.ts'
import { fitModel } from '../../src/simulate/fit.ts'
import { Heap } from '../../src/simulate/heap.ts'
import { drawQuantile, drawWeighted, MODEL } from '../../src/simulate/model.ts'
import { createRandom } from '../../src/simulate/random.ts'

const data = sharedData()

test('the heap gives the least first, equal ones in the order of their coming', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (ranks) => {
      const heap = new Heap<{ rank: number; index: number }>(({ rank }) => rank)
      for (const [index, rank] of ranks.entries()) heap.push({ rank, index })
      const popped = Array.from(ranks, () => heap.pop()!)
      const sorted = ranks.map((rank, index) => ({ rank, index })).sort((a, b) => a.rank - b.rank)
      expect(popped).toEqual(sorted)
      expect(heap.pop()).toBeUndefined()
    }),
  )
})

test('the generator is even and never reaches 1', () => {
  const random = createRandom(42)
  const buckets = Array.from({ length: 10 }, () => 0)
  for (let draw = 0; draw < 100_000; draw += 1) {
    const value = random()
    expect(value >= 0 && value < 1).toBe(true)
    buckets[Math.floor(value * 10)]! += 1
  }
  // Ten standard deviations of a binomial around 10,000.
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(950)
})

test('seeds that differ only above 32 bits give different sequences', () => {
  expect(createRandom(1)()).not.toBe(createRandom(1 + 2 ** 32)())
  expect(createRandom(0)()).not.toBe(createRandom(1)())
})

test('a drawn value lies between the quantiles that surround it', () => {
  const quantiles = [0, 10, 10, 5_000]
  expect(drawQuantile(quantiles, () => 0)).toBe(0)
  expect(drawQuantile(quantiles, () => 0.5)).toBeCloseTo(10)
  const drawn = drawQuantile(quantiles, () => 0.9)
  expect(drawn).toBeGreaterThan(10)
  expect(drawn).toBeLessThan(5_000)
  expect(drawQuantile([7], () => 0.99)).toBeCloseTo(7)
})

test('names are drawn by their weights', () => {
  expect(drawWeighted({ a: 1, b: 3 }, () => 0.24)).toBe('a')
  expect(drawWeighted({ a: 1, b: 3 }, () => 0.26)).toBe('b')
  expect(drawWeighted({ a: 1, b: 3 }, () => 0.999999)).toBe('b')
})

test.skipIf(data === undefined)(
  'the model that is checked in is the one fitted to the real sessions',
  async () => {
    expect(fitModel(await collectObservations(join(data!, 'claude-code')))).toEqual(MODEL)
  },
)

test('the model holds names and numbers, no texts', () => {
  for (const skill of MODEL.skills) {
    expect(skill.skill_name).toMatch(/^[\w:-]{1,40}$/)
    for (const name of Object.keys(skill.error_types)) expect(name).toMatch(/^\w{1,40}$/)
    for (const index of Object.keys(skill.next)) expect(MODEL.skills[Number(index)]).toBeDefined()
    expect(skill.failed_rate + skill.rejected_rate).toBeLessThan(1)
  }
})
