import type { Invocation } from '@skillwatch/schema'
import type { Block, NumberedTurn } from './blocks.ts'
import type { CallNode } from './tree.ts'

/** One line of the timeline: a turn. */
interface TurnRow {
  readonly turn: NumberedTurn
}

/** One line of the timeline: a call, or several equal calls. */
export interface CallRow {
  readonly calls: readonly [Invocation, ...Invocation[]]
  /** The lines that lead from the calls above to this one. */
  readonly tree: string
}

export type TimelineRow = TurnRow | CallRow

/** How a tree becomes rows. */
export interface RowsView {
  /** Whether runs of equal calls are not folded. */
  readonly isFull: boolean
  /** Levels of the tree that are drawn. Of a deeper call only the nearest ones are. */
  readonly levels: number
}

/** One call with those beneath it, or a run of equal calls that have none beneath them. */
interface Branch {
  readonly calls: CallRow['calls']
  readonly children: readonly CallNode<Invocation>[]
}

/** A branch and where it stands. */
interface Place {
  readonly branch: Branch
  /** Drawn before the lines of this level. */
  readonly indent: string
  readonly isTop: boolean
  readonly isLast: boolean
}

/** The longest run of equal calls that is not folded. */
const RUN_MAX = 3
const LEVEL_COLUMNS = 3

/** The rows of turns and their calls from top to bottom. */
export function timelineRows(blocks: readonly Block[], view: RowsView): TimelineRow[] {
  return blocks.flatMap(({ turn, roots }): TimelineRow[] =>
    turn === undefined ? callRows(roots, view, true) : [{ turn }, ...callRows(roots, view, false)],
  )
}

/**
 * The rows of a tree from top to bottom. A loop instead of recursion, as agents decide how deep it is.
 * @param areTop whether the roots stand beneath nothing
 */
function callRows(roots: readonly CallNode<Invocation>[], view: RowsView, areTop: boolean): CallRow[] {
  const rows: CallRow[] = []
  const open = placesOf(branchesOf(roots, view), '', areTop)
  for (let place = open.pop(); place; place = open.pop()) {
    const { branch, indent, isTop, isLast } = place
    rows.push({ calls: branch.calls, tree: isTop ? '' : indent + (isLast ? '└─ ' : '├─ ') })
    const below = isTop ? '' : cutLevels(indent + (isLast ? '   ' : '│  '), view.levels - 1)
    open.push(...placesOf(branchesOf(branch.children, view), below, false))
  }
  return rows
}

/** Siblings in reverse order, so that the first one is taken first. */
function placesOf(branches: readonly Branch[], indent: string, isTop: boolean): Place[] {
  return branches
    .map((branch, index) => ({ branch, indent, isTop, isLast: index === branches.length - 1 }))
    .reverse()
}

function branchesOf(nodes: readonly CallNode<Invocation>[], { isFull }: RowsView): Branch[] {
  const single = ({ call, children }: CallNode<Invocation>): Branch => ({ calls: [call], children })
  if (isFull) return nodes.map(single)
  return runsOf(nodes).flatMap((run): Branch[] => {
    const [first, ...others] = run.map(({ call }) => call)
    return run.length > RUN_MAX ? [{ calls: [first!, ...others], children: [] }] : run.map(single)
  })
}

/** Siblings in groups; those of one group are equal calls with none beneath them, or a single call. */
function runsOf(nodes: readonly CallNode<Invocation>[]): CallNode<Invocation>[][] {
  const runs: CallNode<Invocation>[][] = []
  for (const node of nodes) {
    const run = runs.at(-1)
    if (run !== undefined && areEqualLeaves(run[0]!, node)) run.push(node)
    else runs.push([node])
  }
  return runs
}

function areEqualLeaves(a: CallNode<Invocation>, b: CallNode<Invocation>): boolean {
  return (
    a.children.length === 0 &&
    b.children.length === 0 &&
    a.call.kind === b.call.kind &&
    a.call.skill_name === b.call.skill_name &&
    a.call.outcome === b.call.outcome &&
    a.call.parent_invocation_id === b.call.parent_invocation_id
  )
}

/** The nearest levels of an indent, with a sign for those that are left out. */
function cutLevels(indent: string, levels: number): string {
  if (indent.length <= levels * LEVEL_COLUMNS) return indent
  return `…  ${indent.slice(indent.length - (levels - 1) * LEVEL_COLUMNS)}`
}
