import type { StreamEvent } from '@skillwatch/client'
import type { Change, StreamPosition } from '@skillwatch/schema'
import { describe, expect, test } from 'vitest'
import { startOfLast } from '../../src/tail/start-of-last.ts'

/** A change log that contains one change of each of these invocations, and how it was read. */
class FakeLog {
  readonly epoch = 'e'
  readonly #ids: readonly string[]
  readonly #oldest: number
  readonly reads: number[] = []

  constructor(ids: readonly string[], oldest = 0) {
    this.#ids = ids
    this.#oldest = oldest
  }

  get newest(): StreamPosition {
    return { epoch: this.epoch, offset: this.#ids.length }
  }

  async *read(from: 'start' | StreamPosition): AsyncGenerator<StreamEvent> {
    const { epoch } = this
    const begin = from === 'start' ? this.#oldest : from.offset
    this.reads.push(begin)
    const recovered = begin >= this.#oldest
    yield { type: 'subscribed', epoch, offset: begin, recovered }
    if (!recovered) return
    const items = this.#ids.slice(begin).map((id, index) => aChange(id, begin + index + 1))
    yield { type: 'changes', epoch, from: begin + 1, to: this.newest.offset, items }
    yield { type: 'caught_up', epoch, offset: this.newest.offset }
  }

  async last(count: number, isShown = (_: Change) => true): Promise<number | 'start'> {
    const start = await startOfLast(count, this.newest, { read: (from) => this.read(from), isShown })
    return start === 'start' ? start : start.offset
  }
}

function aChange(invocation_id: string, offset: number): Change {
  if (invocation_id.startsWith('deleted')) return { offset, op: 'delete', invocation_id }
  return { offset, op: 'insert', invocation: { invocation_id } as never }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `call-${index + 1}`)

describe('startOfLast', () => {
  test('the stream begins before the last so many invocations', async () => {
    expect(await new FakeLog(numbered(10)).last(3)).toBe(7)
    expect(await new FakeLog(numbered(10)).last(0)).toBe(10)
    expect(await new FakeLog(numbered(10)).last(10)).toBe(0)
  })

  test('an invocation that changed several times counts once, and a deleted one does not', async () => {
    const log = new FakeLog(['a', 'b', 'a', 'c', 'deleted', 'c', 'c'])
    expect(await log.last(2)).toBe(2)
  })

  test('of a long log only its end is read', async () => {
    const log = new FakeLog(numbered(10_000))
    expect(await log.last(5)).toBe(9_995)
    expect(log.reads).toEqual([9_960])
  })

  test('windows grow until they contain enough', async () => {
    const log = new FakeLog(numbered(10_000))
    const isOld = (change: Change) => change.offset <= 9_000
    expect(await log.last(5, isOld)).toBe(8_995)
    expect(log.reads).toEqual([9_960, 9_680, 7_440])
  })

  test('with fewer invocations in the whole log the stream begins at its start', async () => {
    expect(await new FakeLog(numbered(3)).last(5)).toBe('start')
    expect(await new FakeLog([]).last(5)).toBe('start')
  })

  test('a log that does not go back to a window is read from its start', async () => {
    const log = new FakeLog(numbered(10_000), 9_990)
    expect(await log.last(5)).toBe(9_995)
    expect(log.reads).toEqual([9_960, 9_990])
  })
})
