import { expect, test } from 'vitest'
import { ChangeLog, LogGapError, PAGE_SIZE } from '../../src/stream/change-log.ts'
import { compileFilter } from '../../src/stream/filter.ts'
import { memoryLog } from '../support/memory-log.ts'

const everything = compileFilter()
const many = (count: number) => Array.from({ length: count }, () => ({}))

test('readers of the same page read the database once', () => {
  const source = memoryLog()
  source.append(...many(2 * PAGE_SIZE))
  const log = new ChangeLog(source, () => 0)
  const bodies = Array.from({ length: 50 }, () => log.bodyAfter(0, everything))
  expect(new Set(bodies).size).toBe(1)
  log.bodyAfter(0, compileFilter({ skill_name: 'pdf-fill' }))
  log.bodyAfter(7, everything)
  expect(source.reads).toBe(1)
})

test('subscribers with the same filter, id and range share the same bytes; others do not', () => {
  const source = memoryLog()
  source.append({}, {})
  const log = new ChangeLog(source, () => 0)
  const body = log.bodyAfter(0, everything)!
  const frame = log.frame('a', { from: 1, to: 2 }, body)
  expect(log.frame('a', { from: 1, to: 2 }, log.bodyAfter(0, compileFilter({}))!)).toBe(frame)
  expect(log.frame('b', { from: 1, to: 2 }, body)).not.toBe(frame)
  expect(JSON.parse(String(frame))).toEqual({
    type: 'changes',
    id: 'a',
    from: 1,
    to: 2,
    items: source.changes,
  })
})

test('the changes of one poll are one body, across the bounds of pages', () => {
  const source = memoryLog()
  source.append(...many(PAGE_SIZE - 3))
  const log = new ChangeLog(source, () => 0)
  source.append(...many(10))
  expect(log.poll()).toBe(true)
  expect(log.poll()).toBe(false)
  expect(log.bodyAfter(PAGE_SIZE - 3, everything)).toMatchObject({ to: PAGE_SIZE + 7, count: 10 })
  expect(log.bodyAfter(PAGE_SIZE - 4, everything)).toMatchObject({ to: PAGE_SIZE, count: 4 })
})

test('a body ends before it grows too long, and the next one begins there', () => {
  const source = memoryLog()
  const attributes = { text: 'x'.repeat(50_000) }
  source.append({ attributes }, { attributes }, { skill_name: 'other' }, { attributes }, {})
  const log = new ChangeLog(source, () => 0)
  const filter = compileFilter({ skill_name: 'pdf-fill' })
  const first = log.bodyAfter(0, filter)!
  expect(first).toMatchObject({ to: 3, count: 2 })
  expect(log.bodyAfter(first.to, filter)).toMatchObject({ to: 5, count: 2 })
})

test('a replay contains every change, also when large rows end each read early', () => {
  const source = memoryLog()
  source.append(...many(PAGE_SIZE + 50))
  const read = (afterOffset: number, limit: number) => source.read(afterOffset, Math.min(limit, 70))
  const log = new ChangeLog({ read, head: () => source.head() }, () => 0)
  let offset = 0
  let count = 0
  for (let body = log.bodyAfter(0, everything); body; body = log.bodyAfter(offset, everything)) {
    expect(body.count).toBe(body.to - offset)
    offset = body.to
    count += body.count
  }
  expect(count).toBe(PAGE_SIZE + 50)
  // A reader that begins in the middle of a page reads its changes, not only those of the first read.
  const other = new ChangeLog({ read, head: () => source.head() }, () => 0)
  expect(other.bodyAfter(200, everything)).toMatchObject({ to: 210, count: 10 })
})

test('deleted rows are not sent again from earlier reads', () => {
  const source = memoryLog()
  source.append({ session_id: 'gone' }, { session_id: 'kept' })
  const log = new ChangeLog(source, () => 0)
  const before = log.bodyAfter(0, everything)!
  expect(String(log.frame('a', { from: 1, to: 2 }, before))).toContain('"gone"')
  source.remove(1)
  expect(log.poll()).toBe(true)
  const body = log.bodyAfter(0, everything)!
  expect(String(log.frame('a', { from: 1, to: 3 }, body))).not.toContain('"gone"')
  expect(JSON.parse(`[${body.text}]`).map(({ op }: { op: string }) => op)).toEqual([
    'delete',
    'insert',
    'delete',
  ])
})

test('a page that grew is read on from where it ended', () => {
  const source = memoryLog()
  source.append(...many(5))
  const log = new ChangeLog(source, () => 0)
  log.bodyAfter(0, everything)
  source.append(...many(5))
  log.poll()
  expect(log.bodyAfter(0, everything)).toMatchObject({ to: 10, count: 10 })
})

test('what is kept of the log grows old, so that a deleted row does not stay in memory', () => {
  const source = memoryLog()
  source.append(...many(5))
  let nowMs = 0
  const log = new ChangeLog(source, () => nowMs)
  log.bodyAfter(0, everything)
  nowMs = 60_000
  log.bodyAfter(0, everything)
  expect(source.reads).toBe(2)
})

test('a reader whose next change is no longer kept gets an error instead of a gap', () => {
  const source = memoryLog()
  source.append(...many(20))
  source.oldestOffset = 11
  const log = new ChangeLog(source, () => 0)
  expect(() => log.bodyAfter(5, everything)).toThrow(LogGapError)
  expect(log.bodyAfter(10, everything)).toMatchObject({ to: 20, count: 10 })
})

test('a log that has another epoch, or has become shorter, is a replaced one', () => {
  const source = memoryLog()
  source.append(...many(5))
  const log = new ChangeLog(source, () => 0)
  expect(log.isReplaced()).toBe(false)
  source.changes.pop()
  expect(log.isReplaced()).toBe(true)
  source.append({})
  source.epoch = 'epoch-2'
  expect(log.isReplaced()).toBe(true)
})
