import type { Invocation } from '@skillwatch/schema'

/** What places a call in the tree. */
export type TreeCall = Pick<Invocation, 'invocation_id' | 'parent_invocation_id' | 'invoked_at'>

/** A call with the calls beneath it, in the order of time. */
export interface CallNode<Call> {
  readonly call: Call
  readonly children: CallNode<Call>[]
}

type ParentOf<Call> = (node: CallNode<Call>) => CallNode<Call> | undefined

/**
 * Each call once, beneath its parent. A call whose parent is not in the list is at the top; of calls that
 * are their own ancestors, the earliest is.
 */
export function callTree<Call extends TreeCall>(calls: readonly Call[]): CallNode<Call>[] {
  const nodes = inTimeOrder(calls).map((call): CallNode<Call> => ({ call, children: [] }))
  const byId = new Map(nodes.map((node) => [node.call.invocation_id, node]))
  const parentOf: ParentOf<Call> = ({ call: { parent_invocation_id: id } }) =>
    id === undefined ? undefined : byId.get(id)
  const tops = earliestOfCycles(nodes, parentOf)
  const roots: CallNode<Call>[] = []
  for (const node of nodes) {
    const parent = tops.has(node) ? undefined : parentOf(node)
    const siblings = parent?.children ?? roots
    siblings.push(node)
  }
  return roots
}

function inTimeOrder<Call extends TreeCall>(calls: readonly Call[]): Call[] {
  return calls.toSorted((a, b) => Date.parse(a.invoked_at) - Date.parse(b.invoked_at))
}

/** Of each cycle of parents its earliest call. Every call is visited once. */
function earliestOfCycles<Call extends TreeCall>(
  nodes: readonly CallNode<Call>[],
  parentOf: ParentOf<Call>,
): Set<CallNode<Call>> {
  const earliest = new Set<CallNode<Call>>()
  const visited = new Set<CallNode<Call>>()
  for (const start of nodes) {
    const path = new Set<CallNode<Call>>()
    let node: CallNode<Call> | undefined = start
    for (; node && !visited.has(node); node = parentOf(node)) {
      visited.add(node)
      path.add(node)
    }
    if (node && path.has(node)) earliest.add(earliestFrom(node, [...path]))
  }
  return earliest
}

/** The earliest node of a cycle, which is the part of a path from its first node on. */
function earliestFrom<Call extends TreeCall>(
  first: CallNode<Call>,
  path: readonly CallNode<Call>[],
): CallNode<Call> {
  const cycle = path.slice(path.indexOf(first))
  return cycle.reduce((a, b) => (Date.parse(b.call.invoked_at) < Date.parse(a.call.invoked_at) ? b : a))
}
