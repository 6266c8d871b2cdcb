import { columns, pad, printable } from '../text.ts'

const LENGTH_MIN = 8
/** A whole UUID. Longer beginnings would take the room of names. */
const STREAM_LENGTH_MAX = 36
/** Most sessions of a stream that are remembered. Later ones may begin like one before them. */
const STREAM_SESSIONS_MAX = 1_000

/** Shortens ids to the same length, so long that different ones stay different. */
export function shortSessions(sessionIds: readonly string[]): (sessionId: string) => string {
  const ids = [...new Set(sessionIds)].sort()
  const shared = ids.slice(1).map((id, index) => sharedLength(id, ids[index]!))
  const length = Math.max(LENGTH_MIN, ...shared.map((characters) => characters + 1))
  return (sessionId) => beginning(sessionId, length)
}

/** The short session ids of a stream, whose sessions are not known before. */
export interface StreamSessions {
  /** Lengthens all ids from now on until those of these sessions differ, also from the ones before. */
  learn(sessionIds: readonly string[]): void
  /** The beginning of an id, printable, padded to the length of the others. */
  cell(sessionId: string): string
}

export function createStreamSessions(): StreamSessions {
  const known = new Set<string>()
  let length = LENGTH_MIN
  let width = LENGTH_MIN
  return {
    learn(sessionIds) {
      for (const id of sessionIds) {
        if (known.has(id) || known.size === STREAM_SESSIONS_MAX) continue
        for (const other of known) length = Math.max(length, sharedLength(id, other) + 1)
        length = Math.min(length, STREAM_LENGTH_MAX)
        known.add(id)
      }
      width = Math.max(width, ...sessionIds.map((id) => columns(beginning(id, length))))
    },
    cell: (sessionId) => pad(beginning(sessionId, length), width),
  }
}

function beginning(sessionId: string, length: number): string {
  return [...printable(sessionId)].slice(0, length).join('')
}

function sharedLength(id: string, other: string): number {
  const [characters, others] = [[...printable(id)], [...printable(other)]]
  const end = characters.findIndex((character, index) => character !== others[index])
  return end < 0 ? characters.length : end
}
