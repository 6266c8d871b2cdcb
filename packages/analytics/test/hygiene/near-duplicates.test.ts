import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jaccard, nearDuplicates, shinglesOf } from '../../src/hygiene/near-duplicates.ts'
import { DIFFERENT, SAME } from './examples.ts'

test('of the examples, all pairs that do the same are found and no others', () => {
  const isFound = (pair: (typeof SAME)[number]) => nearDuplicates(pair).length === 1
  expect(SAME.map(isFound)).toEqual(SAME.map(() => true))
  expect(DIFFERENT.map(isFound)).toEqual(DIFFERENT.map(() => false))
})

test('the pairs are those that a comparison of all with all finds', () => {
  const word = fc.constantFrom('read', 'write', 'deploy', 'tests', 'pdf', 'files', 'when', 'the', 'user')
  const text = fc.record({
    skill_name: fc.constantFrom('a', 'b:c', 'pdf'),
    description: fc.option(fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '))),
  })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), fc.constantFrom(0.2, 0.4, 0.7, 1), (texts, min) => {
      const sets = texts.map(shinglesOf)
      const expected = sets.flatMap((a, i) =>
        sets.flatMap((b, j) =>
          i < j && a.size >= 10 && b.size >= 10 && jaccard(a, b) >= min ? [`${i} ${j}`] : [],
        ),
      )
      const found = nearDuplicates(texts, min).map(({ a, b }) => `${a} ${b}`)
      expect(found.sort()).toEqual(expected.sort())
    }),
  )
})

test('the plugin in a name does not make two skills different', () => {
  const description = 'Extract text and tables from files.'
  const [pair] = nearDuplicates([
    { skill_name: 'office:pdf', description },
    { skill_name: 'pdf', description },
  ])
  expect(pair).toEqual({ a: 0, b: 1, similarity: 1 })
})
