import type { Change, UpsertChange } from '@skillwatch/schema'
import { type CommandContext, widthOf } from '../context.ts'
import { changeLine, type TimeStyle } from './line.ts'
import { createRepeats } from './repeats.ts'
import { createStreamSessions } from './session-ids.ts'

type Screen = Pick<CommandContext, 'stdout' | 'paint'>

/** Shows the changes of a stream as lines: an invocation again only when its line has changed. */
export function createLines(
  { stdout, paint }: Screen,
  time: TimeStyle,
): (changes: readonly Change[]) => string {
  const isRepeat = createRepeats()
  const sessions = createStreamSessions()
  return (changes) => {
    const upserts = changes.filter((change) => change.op !== 'delete')
    sessions.learn(upserts.map(({ invocation }) => invocation.session_id))
    // The width is read for every message, as the size of a terminal may change.
    const view = { time, width: widthOf({ stdout }), sessionText: sessions.cell }
    const isNew = (change: UpsertChange) => !isRepeat(change.invocation.invocation_id, content(change, time))
    return upserts
      .filter(isNew)
      .map((change) => `${changeLine(change, view, paint.stdout)}\n`)
      .join('')
  }
}

/** What a line shows, whatever the width of the terminal and the length of session ids. */
function content(change: UpsertChange, time: TimeStyle): string {
  const view = { time, width: Number.POSITIVE_INFINITY, sessionText: String }
  return changeLine(change, view, (_, text) => text)
}
