import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, readLines } from '../../src/import/lines.ts'

async function read(
  bytes: Buffer | string,
  { offset = 0, lineBytesMax = 1_000, endOffset = Buffer.byteLength(bytes) } = {},
): Promise<Line[]> {
  using folder = temporaryFolder()
  const path = join(folder.path, 'file')
  writeFileSync(path, bytes)
  const { signal } = new AbortController()
  return await Array.fromAsync(readLines(path, { offset, endOffset, lineBytesMax, signal }))
}

const texts = (lines: Line[]) => lines.map((line) => line.bytes?.toString())

test('a last line without line break is incomplete', async () => {
  const lines = await read('a\nbc\nd')
  expect(texts(lines)).toEqual(['a', 'bc', 'd'])
  expect(lines.map((line) => line.complete)).toEqual([true, true, false])
  expect(lines.map((line) => line.endOffset)).toEqual([2, 5, 6])
})

test('a line over the bound is passed over, the next one is read', async () => {
  const lines = await read(`a\n${'x'.repeat(3_000_000)}\nb\n`)
  expect(texts(lines)).toEqual(['a', undefined, 'b'])
  expect(lines.at(-1)!.endOffset).toBe(3_000_005)
})

test('what was appended after the size was looked at is left for the next time', async () => {
  expect(texts(await read('a\nb\nc\n', { endOffset: 4 }))).toEqual(['a', 'b'])
})

test('reading on from any line end gives the same lines as reading through', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\n', ' '))),
      async (all) => {
        const text = all.map((line) => `${line}\n`).join('')
        const whole = await read(text)
        expect(texts(whole)).toEqual(all)
        for (const [index, { endOffset }] of whole.entries()) {
          expect(texts(await read(text, { offset: endOffset }))).toEqual(all.slice(index + 1))
        }
      },
    ),
    { numRuns: 20 },
  )
})
