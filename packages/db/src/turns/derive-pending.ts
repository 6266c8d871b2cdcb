import type { RecordingStorage } from '../recording/storage.ts'
import { deriveMarked } from './derive-marked.ts'
import { markText, type TurnMark } from './marks.ts'

/** Marks that are read at once. */
const MARKS_MAX = 100

/**
 * Derives the turns and uses that are marked, the oldest marks first, in one transaction. Ends when none is
 * left, or after the turn with which its time is over.
 * @param isOver asked after each turn
 * @returns whether any mark is left
 */
export function derivePending(storage: RecordingStorage, isOver: () => boolean): Promise<boolean> {
  return storage.transaction(async ({ turns }) => {
    for (;;) {
      const pending = await turns.pending(MARKS_MAX)
      if (pending.length === 0) return false
      // The newest first: a turn depends on the next one of its session, and is then derived once.
      for (const each of pending.toReversed()) {
        // Before it is derived: what is derived from it may mark it again.
        await turns.settle([each])
        await deriveMarked(turns, each.project_id, each.mark)
        if (isOver()) return true
      }
    }
  })
}

/** Derives some turns and uses at once. Their marks stay, as does the mark of a turn that is not named. */
export function deriveNow(
  storage: RecordingStorage,
  projectId: number,
  marks: readonly TurnMark[],
): Promise<void> {
  const once = new Map(marks.map((mark) => [markText(mark), mark]))
  return storage.transaction(async ({ turns }) => {
    for (const mark of once.values()) if (!('at_ms' in mark)) await deriveMarked(turns, projectId, mark)
  })
}
