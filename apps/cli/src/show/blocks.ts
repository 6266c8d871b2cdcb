import type { Invocation, Turn } from '@skillwatch/schema'
import type { CallNode } from './tree.ts'

/** A turn with its calls, or calls of no turn. */
export interface Block {
  readonly turn: NumberedTurn | undefined
  readonly roots: readonly CallNode<Invocation>[]
}

/** A turn and its place in the session, from 1. */
export interface NumberedTurn extends Turn {
  readonly number: number
}

/**
 * Turns and calls of no turn in the order of their begin. A call that stands beneath another one stays
 * there, whatever turn it is of.
 * @param roots in the order of time
 * @param turns in the order of time
 */
export function turnBlocks(roots: readonly CallNode<Invocation>[], turns: readonly Turn[]): Block[] {
  const known = new Set(turns.map(({ prompt_id }) => prompt_id))
  const isInTurn = ({ call }: CallNode<Invocation>) =>
    call.prompt_id !== undefined && known.has(call.prompt_id)
  const rootsOf = Map.groupBy(roots.filter(isInTurn), ({ call }) => call.prompt_id!)
  const ofTurns = turns.map((turn, index) => ({
    at: Date.parse(turn.began_at),
    turn: { ...turn, number: index + 1 },
    roots: rootsOf.get(turn.prompt_id) ?? [],
  }))
  const others = roots
    .filter((root) => !isInTurn(root))
    .map((root) => ({ at: Date.parse(root.call.invoked_at), turn: undefined, roots: [root] }))
  return joined([...ofTurns, ...others].sort((a, b) => a.at - b.at))
}

/** With one block for calls of no turn that follow each other, so that equal ones are folded. */
function joined(blocks: readonly Block[]): Block[] {
  const result: { turn: NumberedTurn | undefined; roots: CallNode<Invocation>[] }[] = []
  for (const { turn, roots } of blocks) {
    const last = result.at(-1)
    if (turn === undefined && last !== undefined && last.turn === undefined) last.roots.push(...roots)
    else result.push({ turn, roots: [...roots] })
  }
  return result
}
