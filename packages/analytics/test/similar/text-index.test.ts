import { expect, test } from 'vitest'
import { createTextIndex } from '../../src/similar/text-index.ts'

const SKILLS = [
  { skill_name: 'pdf-fill', description: 'Fill the fields of a form' },
  { skill_name: 'pdfRead' },
  { skill_name: 'review-changes', description: 'Look for defects before a commit' },
  { skill_name: 'deploy' },
]
const index = createTextIndex(SKILLS)
const found = (text: string) => index.search(text).map(({ number }) => SKILLS[number]!.skill_name)

test.each([
  ['fill a PDF form', ['pdf-fill', 'pdfRead']],
  ['defect', ['review-changes']],
  ['review', ['review-changes']],
  ['depl', ['deploy']],
  ['deploying', []],
  ['reviw', []],
  ['reviev', ['review-changes']],
  ['the of a', []],
  ['quantum', []],
  ['', []],
  ['🦄 "; drop table', []],
])('%j finds %j', (text, names) => {
  expect(found(text)).toEqual(names)
})

test('the best match has the score 1, and a skill matches itself with 1', () => {
  expect(index.search('pdf form')[0]!.score).toBe(1)
  expect(index.alike(0)).toContainEqual({ number: 0, score: 1 })
  const [, other] = index.alike(0)
  expect(other).toMatchObject({ number: 1 })
  expect(other!.score).toBeLessThan(0.5)
})

test('a skill without any word matches nothing', () => {
  expect(createTextIndex([{ skill_name: '🦄' }]).alike(0)).toEqual([])
})
