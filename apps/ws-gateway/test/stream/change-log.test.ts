import { expect, test } from 'vitest'
import { ChangeLog } from '../../src/stream/change-log.ts'
import { compileFilter } from '../../src/stream/filter.ts'
import { LogGapError, LogPages, PAGE_SIZE } from '../../src/stream/log-pages.ts'
import { type MemoryLog, memoryLog } from '../support/memory-log.ts'

const everything = compileFilter()
const MESSAGE_BYTES_MAX = 100_000

function logOf(source: MemoryLog, clock: () => number = () => 0): ChangeLog {
  return new ChangeLog({ source, clock, messageBytesMax: MESSAGE_BYTES_MAX })
}

/**
 * Sizes in bytes of the messages of a replay from the start, after proving that they hold every change in
 * order.
 */
function replaySizes(source: MemoryLog, log: ChangeLog): number[] {
  const messages: Buffer[] = []
  for (let offset = 0; offset < log.head; ) {
    const items = log.itemsAfter(offset, everything)!
    messages.push(log.message('a', { from: offset + 1, to: items.to }, items))
    offset = items.to
  }
  const changes = messages.flatMap((message) => JSON.parse(String(message)).items)
  expect(changes).toEqual(source.changes)
  return messages.map((message) => message.length)
}

const many = (count: number) => Array.from({ length: count }, () => ({}))

test('readers of the same page read the database once', () => {
  const source = memoryLog()
  source.append(...many(2 * PAGE_SIZE))
  const log = logOf(source)
  const items = Array.from({ length: 50 }, () => log.itemsAfter(0, everything))
  expect(new Set(items).size).toBe(1)
  log.itemsAfter(0, compileFilter({ skill_name: 'pdf-fill' }))
  log.itemsAfter(7, everything)
  expect(source.reads).toBe(1)
})

test('subscribers with the same filter, id and range share the same bytes; others do not', () => {
  const source = memoryLog()
  source.append({}, {})
  const log = logOf(source)
  const items = log.itemsAfter(0, everything)!
  const message = log.message('a', { from: 1, to: 2 }, items)
  expect(log.message('a', { from: 1, to: 2 }, log.itemsAfter(0, compileFilter({}))!)).toBe(message)
  expect(log.message('b', { from: 1, to: 2 }, items)).not.toBe(message)
  expect(JSON.parse(String(message))).toEqual({
    type: 'changes',
    id: 'a',
    from: 1,
    to: 2,
    items: source.changes,
  })
})

test('the changes of one poll are one message, across the bounds of pages', () => {
  const source = memoryLog()
  source.append(...many(PAGE_SIZE - 3))
  const log = logOf(source)
  source.append(...many(10))
  expect(log.poll()).toBe(true)
  expect(log.poll()).toBe(false)
  expect(log.itemsAfter(PAGE_SIZE - 3, everything)).toMatchObject({ to: PAGE_SIZE + 7, count: 10 })
  expect(log.itemsAfter(PAGE_SIZE - 4, everything)).toMatchObject({ to: PAGE_SIZE, count: 4 })
})

test('a message ends before the change that would make it too large, and the next one begins there', () => {
  const source = memoryLog()
  const attributes = { text: 'x'.repeat(40_000) }
  source.append({ attributes }, { attributes }, { skill_name: 'other' }, { attributes }, {})
  const log = logOf(source)
  const filter = compileFilter({ skill_name: 'pdf-fill' })
  const first = log.itemsAfter(0, filter)!
  expect(first).toMatchObject({ to: 3, count: 2 })
  expect(log.itemsAfter(first.to, filter)).toMatchObject({ to: 5, count: 2 })
})

test.each([
  ['letters of one byte', 'x'],
  ['characters of three bytes', '名'],
  ['characters of four bytes', '😀'],
  ['characters that JSON escapes', '\u0001'],
])('no message is larger than the limit in bytes, with %s', (_what, character) => {
  const source = memoryLog()
  const bytes = Buffer.byteLength(JSON.stringify(character)) - 2
  const sizes = [1, 30_000, 70_000, 300, 45_000, 60_000, 54_000, 44_000]
  source.append(...sizes.map((size) => ({ attributes: { text: character.repeat(size / bytes) } })))
  expect(Math.max(...replaySizes(source, logOf(source)))).toBeLessThanOrEqual(MESSAGE_BYTES_MAX)
})

test('a single change that is larger than the limit is sent alone', () => {
  const source = memoryLog()
  source.append({}, {}, { attributes: { text: 'x'.repeat(2 * MESSAGE_BYTES_MAX) } }, {}, {})
  const [before, large, after, ...others] = replaySizes(source, logOf(source))
  expect(large).toBeGreaterThan(2 * MESSAGE_BYTES_MAX)
  expect(Math.max(before!, after!)).toBeLessThan(2_000)
  expect(others).toEqual([])
})

test('a replay over many large changes reads each of them about once', () => {
  const source = memoryLog()
  const attributes = { text: 'x'.repeat(140_000) }
  source.append(...Array.from({ length: PAGE_SIZE }, () => ({ attributes })))
  source.readMax = 20
  expect(replaySizes(source, logOf(source))).toHaveLength(PAGE_SIZE)
  expect(source.changesRead).toBeLessThan(2 * PAGE_SIZE)
})

test('a reader that begins in the middle of a large page gets what follows', () => {
  const source = memoryLog()
  const attributes = { text: 'x'.repeat(140_000) }
  source.append(...Array.from({ length: PAGE_SIZE }, () => ({ attributes })))
  source.readMax = 20
  const log = logOf(source)
  for (const offset of [200, 10, 201, 100]) {
    const { to, count, text } = log.itemsAfter(offset, everything)!
    expect([to, count]).toEqual([offset + 1, 1])
    expect(JSON.parse(text)).toEqual(source.changes[offset])
  }
})

test('a deleted invocation is not sent again from what was read before', () => {
  const source = memoryLog()
  source.append({ session_id: 'gone' }, { session_id: 'kept' })
  const log = logOf(source)
  const before = log.itemsAfter(0, everything)!
  expect(String(log.message('a', { from: 1, to: 2 }, before))).toContain('"gone"')
  source.remove(1)
  expect(log.poll()).toBe(true)
  const items = log.itemsAfter(0, everything)!
  expect(String(log.message('a', { from: 1, to: 3 }, items))).not.toContain('"gone"')
  expect(JSON.parse(`[${items.text}]`).map(({ op }: { op: string }) => op)).toEqual([
    'delete',
    'insert',
    'delete',
  ])
})

test('a page that grew is read from where it ended', () => {
  const source = memoryLog()
  source.append(...many(5))
  const log = logOf(source)
  log.itemsAfter(0, everything)
  source.append(...many(5))
  log.poll()
  expect(log.itemsAfter(0, everything)).toMatchObject({ to: 10, count: 10 })
})

test('pages in memory expire, so that a deleted row does not stay there', () => {
  const source = memoryLog()
  source.append(...many(5))
  let nowMs = 1
  const log = logOf(source, () => nowMs)
  log.itemsAfter(0, everything)
  nowMs = 60_000
  log.itemsAfter(0, everything)
  expect(source.reads).toBe(2)
})

test('pages in memory have a bound in bytes; the least recently read one is forgotten first', () => {
  const source = memoryLog()
  const attributes = { text: 'x'.repeat(16_000) }
  // Ten pages of about 4 MiB each, one more than the newest changes, which are in memory anyway.
  source.append(...Array.from({ length: 10 * PAGE_SIZE + 1 }, () => ({ attributes })))
  const log = logOf(source)
  const readPage = (number: number) => {
    const before = source.reads
    log.itemsAfter(number * PAGE_SIZE, compileFilter({ session_id: `none-${before}-${number}` }))
    return source.reads - before
  }
  for (let number = 0; number < 10; number++) expect(readPage(number)).toBe(1)
  expect([readPage(9), readPage(8), readPage(0)]).toEqual([0, 0, 1])
})

test('a page that grew counts with its new size', () => {
  const source = memoryLog()
  source.append(
    ...Array.from({ length: 10 * PAGE_SIZE }, () => ({ attributes: { text: 'x'.repeat(16_000) } })),
  )
  const pages = new LogPages(source, () => 1)
  for (let number = 0; number < 10; number++) {
    const from = number * PAGE_SIZE + 1
    pages.read(from, from)
    pages.read(from, number * PAGE_SIZE + PAGE_SIZE)
  }
  const before = source.reads
  pages.read(1, PAGE_SIZE)
  expect(source.reads - before).toBe(1)
})

test('reading fails when the next change is not in the log any more', () => {
  const source = memoryLog()
  source.append(...many(20))
  source.oldestOffset = 11
  const log = logOf(source)
  expect(() => log.itemsAfter(5, everything)).toThrow(LogGapError)
  expect(log.itemsAfter(10, everything)).toMatchObject({ to: 20, count: 10 })
})

test('a log with another epoch, or a shorter one, counts as replaced', () => {
  const source = memoryLog()
  source.append(...many(5))
  const log = logOf(source)
  expect(log.isReplaced()).toBe(false)
  source.changes.pop()
  expect(log.isReplaced()).toBe(true)
  source.append({})
  source.epoch = 'epoch-2'
  expect(log.isReplaced()).toBe(true)
})
