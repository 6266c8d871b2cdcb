import { expect, test } from 'vitest'
import { refuseShape } from '../src/json-shape.ts'

const PAD = ' '.repeat(70_000)

test.each([
  ['[1,2,3]', undefined],
  ['[1,2,3,4]', 'too many items'],
  ['{"a":1,"b":2,"c":3,"d":4,"e":5}', undefined],
  ['[{"a":[1,2,3,4,5]},{"b":"],],],"},3]', undefined],
  ['["\\\\","\\",,,,,",3]', undefined],
  ['[[[[]]]]', undefined],
  ['[[[[[]]]]]', 'too deep'],
  [`[[${'1,'.repeat(1_001)}1]]`, 'too many parts'],
  [`{"a":"${'[,'.repeat(2_000)}"}`, undefined],
  ['"never closed,,,,,', undefined],
] as const)('%s is, in a large text: %s', (text, expected) => {
  expect(refuseShape(`${PAD}${text}${PAD}`, 3)).toBe(expected)
})

test('small texts are left to the parser', () => {
  expect(refuseShape('['.repeat(1_000), 3)).toBeUndefined()
})
