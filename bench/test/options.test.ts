import { expect, test } from 'vitest'
import { readOptions } from '../src/options.ts'
import { chooseQuestions } from '../src/questions.ts'

test('without a name the questions that take minutes are left out', () => {
  const names = chooseQuestions([]).map(({ name }) => name)
  expect(names).toContain('update-mix')
  expect(names).not.toContain('random-ids')
})

test('a question that is named is chosen, however long it takes', () => {
  expect(chooseQuestions(['random-ids']).map(({ name }) => name)).toEqual(['random-ids'])
})

test('an unknown question is refused with the names that exist', () => {
  expect(() => chooseQuestions(['speed'])).toThrow(/no question speed; there are .*ingest-throughput/)
})

test('the command line names questions, the runs and the size of the database', () => {
  expect(readOptions(['deletion', '--rows', '1000000', '--runs', '9'])).toMatchObject({
    names: ['deletion'],
    rows: 1_000_000,
    runs: 9,
    quick: false,
  })
  expect(readOptions(['--quick'])).toMatchObject({ names: [], runs: 2, rows: undefined })
})

test.each([
  ['--runs', '0'],
  ['--runs', 'many'],
  ['--rows', '1.5'],
])('%s %s is refused', (option, value) => {
  expect(() => readOptions([option, value])).toThrow(`${option} takes a whole number from 1`)
})
