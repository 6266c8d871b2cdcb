import type { Destination } from '../destination.ts'
import { createOutbox } from '../outbox.ts'
import type { ProgressKind } from '../progress-store.ts'
import { count, countSent } from '../summary.ts'
import type { Source } from './source.ts'
import { createSessionBuddySummary, type SessionBuddySummary } from './summary.ts'
import { toObservation } from './to-observation.ts'

/** How far one source is imported: everything up to `rowId` is answered for by the server. */
export interface SourceProgress {
  readonly path: string
  readonly rowId: number
  /** The id of the call in that row: another one there means another source. */
  readonly invocationId: string
}

export const SOURCE_PROGRESS: ProgressKind<SourceProgress> = {
  name: 'session-buddy',
  isWhole: ({ rowId, invocationId }) => Number.isSafeInteger(rowId) && typeof invocationId === 'string',
}

export interface ImportSourceOptions extends Destination<SourceProgress> {
  readonly path: string
  readonly source: Source
  /** Reads everything again, whatever was reached before. */
  readonly restart: boolean
  readonly batchItemsMax: number
  readonly signal: AbortSignal
  readonly nowMs: () => number
  readonly onRows?: (rows: number) => void
}

/**
 * Imports what session-buddy has recorded. May be stopped at any moment and started again: nothing is lost and nothing
 * counts twice.
 * @throws {SendError} when the server refuses or stays away; the signal's reason when aborted
 */
export async function importSource(options: ImportSourceOptions): Promise<SessionBuddySummary> {
  const { path, source, signal, nowMs, progress } = options
  const startedAtMs = nowMs()
  const summary = createSessionBuddySummary(path, source)
  const outbox = createOutbox<SourceProgress>({
    send: options.send,
    save: (each) => progress.write(each),
    onSent: (totals) => countSent(summary.sent, totals),
    itemsMax: options.batchItemsMax,
  })
  const saved = options.restart ? undefined : await progress.read(path)
  const isSame = saved !== undefined && source.invocationIdAt(saved.rowId) === saved.invocationId
  summary.restarted = saved !== undefined && !isSame
  const from = isSame ? saved.rowId : 0
  summary.rows.known = from === 0 ? 0 : source.rowCountUpTo(from)
  options.onRows?.(summary.rows.known)

  let reached: SourceProgress | undefined
  const flush = async () => {
    if (reached !== undefined) outbox.checkpoint(reached)
    await outbox.flush()
  }
  for (const row of source.rowsAfter(from)) {
    signal.throwIfAborted()
    const reading = toObservation(row, source.layout, nowMs())
    tally(summary, reading)
    if (reading.observation !== undefined) outbox.add([reading.observation])
    reached = { path, rowId: row.rowId, invocationId: row.invocationId }
    options.onRows?.(1)
    if (outbox.isFull) await flush()
  }
  await flush()
  await outbox.drain()
  summary.elapsed_ms = nowMs() - startedAtMs
  return summary
}

function tally(summary: SessionBuddySummary, reading: ReturnType<typeof toObservation>): void {
  summary.rows.read += 1
  if (reading.observation?.outcome !== undefined) count(summary.outcomes, reading.observation.outcome)
  if (reading.skipped !== undefined) {
    summary.rows.skipped += 1
    count(summary.skipped_rows, reading.skipped)
  }
  for (const reason of reading.dropped) count(summary.dropped_fields, reason)
  for (const assumption of reading.assumed) count(summary.assumed, assumption)
}
