import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CallNode, callTree, type TreeCall } from '../../src/show/tree.ts'

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 9, 0, second)).toISOString()

function aCall(invocation_id: string, second: number, parent?: string): TreeCall {
  return {
    invocation_id,
    invoked_at: at(second),
    ...(parent !== undefined && { parent_invocation_id: parent }),
  }
}

/** A tree as text: `a(b c)`. */
function text(nodes: readonly CallNode<TreeCall>[]): string {
  return nodes
    .map(({ call, children }) => call.invocation_id + (children.length > 0 ? `(${text(children)})` : ''))
    .join(' ')
}

/** All nodes of a tree with their parents. */
function flat<Call>(roots: readonly CallNode<Call>[]): { node: CallNode<Call>; parent?: CallNode<Call> }[] {
  const all: { node: CallNode<Call>; parent?: CallNode<Call> }[] = roots.map((node) => ({ node }))
  for (const { node } of all) all.push(...node.children.map((child) => ({ node: child, parent: node })))
  return all
}

test('calls are in the order of time, beneath their parents', () => {
  const calls = [aCall('d', 4), aCall('c', 3, 'a'), aCall('a', 1), aCall('b', 2, 'a'), aCall('e', 5, 'c')]
  expect(text(callTree(calls))).toBe('a(b c(e)) d')
})

test('a call that began before its parent is beneath it nevertheless', () => {
  expect(text(callTree([aCall('child', 1, 'parent'), aCall('parent', 2)]))).toBe('parent(child)')
})

test('a call whose parent is not in the list is at the top', () => {
  expect(text(callTree([aCall('a', 1, 'elsewhere'), aCall('b', 2, 'a')]))).toBe('a(b)')
})

test('of calls that are their own ancestors, the earliest is at the top', () => {
  expect(text(callTree([aCall('a', 1, 'a')]))).toBe('a')
  const cycle = [aCall('a', 1, 'b'), aCall('b', 3, 'c'), aCall('c', 2, 'd'), aCall('d', 4, 'b')]
  expect(text(callTree(cycle))).toBe('c(b(a d))')
})

test('a chain of 20,000 calls is built', () => {
  const calls = Array.from({ length: 20_000 }, (_, index) =>
    aCall(String(index), index, index > 0 ? String(index - 1) : undefined),
  )
  expect(flat(callTree(calls))).toHaveLength(20_000)
})

test('whatever the parents are, each call is in the tree once, and siblings are in order of time', () => {
  const call = fc.record({ second: fc.nat(5), parent: fc.option(fc.nat(14), { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), (items) => {
      const calls = items.map(({ second, parent }, id) =>
        aCall(String(id), second, parent === undefined ? undefined : String(parent)),
      )
      const roots = callTree(calls)
      const places = flat(roots)
      expect(places.map(({ node }) => node.call).toSorted(byId)).toEqual(calls.toSorted(byId))
      for (const { node, parent } of places) {
        if (parent) expect(node.call.parent_invocation_id).toBe(parent.call.invocation_id)
        expect(times(node.children)).toEqual(times(node.children).toSorted())
      }
      expect(times(roots)).toEqual(times(roots).toSorted())
    }),
    { numRuns: 1_000 },
  )
})

test('only a call without a parent in the list, or one of each cycle, is at the top', () => {
  const parents = fc.array(fc.nat(14), { maxLength: 12 })
  fc.assert(
    fc.property(parents, (items) => {
      const calls = items.map((parent, id) => aCall(String(id), id, String(parent)))
      const tops = callTree(calls).filter(({ call }) => Number(call.parent_invocation_id) < items.length)
      for (const { call } of tops) expect(ancestors(call.invocation_id, items)).toContain(call.invocation_id)
    }),
  )
})

/** The ids of the ancestors of a call, as many as there are calls. */
function ancestors(id: string, parents: readonly number[]): string[] {
  const found: string[] = []
  let next: number | undefined = Number(id)
  for (let step = 0; step < parents.length && next !== undefined; step++) {
    next = parents[next]
    if (next !== undefined) found.push(String(next))
  }
  return found
}

function byId(a: TreeCall, b: TreeCall): number {
  return Number(a.invocation_id) - Number(b.invocation_id)
}

function times(nodes: readonly CallNode<TreeCall>[]): string[] {
  return nodes.map(({ call }) => call.invoked_at)
}
