import { expect, test } from 'vitest'
import { findStart } from '../../src/stream/find-start.ts'

const head = { epoch: 'e1', last_offset: 100, oldest_offset: 11 }

test.each([
  [undefined, { offset: 100, recovered: true, replay: false }],
  ['now', { offset: 100, recovered: true, replay: false }],
  ['start', { offset: 10, recovered: true, replay: true }],
  [
    { epoch: 'e1', offset: 10 },
    { offset: 10, recovered: true, replay: true },
  ],
  [
    { epoch: 'e1', offset: 100 },
    { offset: 100, recovered: true, replay: true },
  ],
  [
    { epoch: 'e1', offset: 9 },
    { offset: 100, recovered: false, replay: false },
  ],
  [
    { epoch: 'e1', offset: 101 },
    { offset: 100, recovered: false, replay: false },
  ],
  [
    { epoch: 'e0', offset: 50 },
    { offset: 100, recovered: false, replay: false },
  ],
] as const)('from %j, the log holding 11 to 100, starts at %j', (from, start) => {
  expect(findStart(from, head)).toEqual(start)
})

test('an empty log starts at 0, from its start as well as from now', () => {
  const empty = { epoch: 'e1', last_offset: 0, oldest_offset: 1 }
  expect([findStart('now', empty).offset, findStart('start', empty).offset]).toEqual([0, 0])
})
