import { expect, test } from 'vitest'
import { turnBlocks } from '../../src/show/blocks.ts'
import { callTree } from '../../src/show/tree.ts'
import { aTurn } from '../uses/some-uses.ts'
import { aCall } from './a-call.ts'

const FIRST = aTurn({ prompt_id: 'first', began_at: '2026-11-22T09:30:10.000Z' })
const SECOND = aTurn({ prompt_id: 'second', began_at: '2026-11-22T09:30:20.000Z' })

function blocks(...calls: ReturnType<typeof aCall>[]): [turn: number | undefined, calls: string[]][] {
  return turnBlocks(callTree(calls), [FIRST, SECOND]).map(({ turn, roots }) => [
    turn?.number,
    roots.map(({ call }) => call.invocation_id),
  ])
}

test('turns and calls of no turn are in the order of their begin; neighbours of no turn are one block', () => {
  const of = { first: { prompt_id: 'first' }, second: { prompt_id: 'second' } }
  const others = [aCall('a', 0), aCall('b', 1), aCall('c', 15, { prompt_id: 'unknown' }), aCall('d', 40)]
  expect(
    blocks(...others, aCall('e', 11, of.first), aCall('f', 30, of.first), aCall('g', 21, of.second)),
  ).toEqual([
    [undefined, ['a', 'b']],
    [1, ['e', 'f']],
    [undefined, ['c']],
    [2, ['g']],
    [undefined, ['d']],
  ])
})

test('a turn without calls is shown, and a call beneath another one stays there in every turn', () => {
  const agent = aCall('agent', 11, { kind: 'agent', prompt_id: 'first' })
  const late = aCall('late', 25, { parent_invocation_id: 'agent', prompt_id: 'second' })
  expect(blocks(agent, late)).toEqual([
    [1, ['agent']],
    [2, []],
  ])
})
