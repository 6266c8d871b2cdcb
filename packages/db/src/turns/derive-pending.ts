import type { RecordingStorage } from '../recording/storage.ts'
import { deriveMarked } from './derive-marked.ts'
import type { TurnMark } from './marks.ts'
import type { TurnStorage } from './storage.ts'

/** Marks that are read at once. */
const MARKS_MAX = 100

/**
 * Derives the turns and uses that are marked, the oldest marks first, in one transaction. Ends when none is
 * left, or after the turn with which its time is over.
 * @param isOver asked after each turn
 * @returns whether any mark is left
 */
export function derivePending(storage: RecordingStorage, isOver: () => boolean): Promise<boolean> {
  return storage.transaction(({ turns }) => turns.addingUp(() => deriveUntil(turns, isOver)))
}

async function deriveUntil(turns: TurnStorage, isOver: () => boolean): Promise<boolean> {
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
}

/**
 * Derives what a deletion has marked, and the turns of its sessions that depend on these, so that no mark
 * names them any more.
 */
export function deriveNow(
  storage: RecordingStorage,
  projectId: number,
  marks: readonly TurnMark[],
): Promise<void> {
  const calls = new Set(marks.flatMap((mark) => ('invocation_id' in mark ? mark.invocation_id : [])))
  const sessions = new Set(marks.flatMap((mark) => ('session_id' in mark ? mark.session_id : [])))
  return storage.transaction(({ turns }) =>
    turns.addingUp(async () => {
      for (const invocation_id of calls) await deriveMarked(turns, projectId, { invocation_id })
      for (const sessionId of sessions) await deriveSession(turns, projectId, sessionId)
    }),
  )
}

async function deriveSession(turns: TurnStorage, projectId: number, sessionId: string): Promise<void> {
  for (;;) {
    const pending = await turns.pendingOfSession(projectId, sessionId)
    if (pending.length === 0) return
    for (const each of pending) {
      await turns.settle([each])
      await deriveMarked(turns, projectId, each.mark)
    }
  }
}
