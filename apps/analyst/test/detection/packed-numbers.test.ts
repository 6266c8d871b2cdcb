import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberReader, NumberWriter } from '../../src/detection/packed-numbers.ts'

const number = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat())

function pack(numbers: readonly number[]): Uint8Array {
  const writer = new NumberWriter()
  for (const each of numbers) writer.write(each)
  return writer.packed()
}

test('any whole numbers are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 200 }), (numbers) => {
      const reader = new NumberReader(pack(numbers))
      const read: number[] = []
      while (!reader.isAtEnd) read.push(reader.read())
      expect(read).toEqual(numbers)
    }),
  )
})

test('numbers that are skipped take the same place as numbers that are read', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1 }), fc.nat(), (numbers, seed) => {
      const skipped = seed % numbers.length
      const reader = new NumberReader(pack(numbers))
      reader.skip(skipped)
      expect(reader.place).toBe(pack(numbers.slice(0, skipped)).length)
      expect(reader.read()).toBe(numbers[skipped])
    }),
  )
})

test('a number below 128 takes one byte, and the largest one eight', () => {
  expect(pack([0, 127, 128, Number.MAX_SAFE_INTEGER]).length).toBe(1 + 1 + 2 + 8)
})
