import type { CheckpointKind } from '../checkpoint-store.ts'
import type { Destination } from '../destination.ts'
import { count } from '../summary.ts'
import { Uploader } from '../uploader.ts'
import type { Source } from './source.ts'
import { createSessionBuddySummary, type SessionBuddySummary } from './summary.ts'
import { toObservation } from './to-observation.ts'

/** How far one source is imported: the server has accepted all rows up to `rowId`. */
export interface SourceCheckpoint {
  readonly path: string
  readonly rowId: number
  /** The id of the call in that row. When it differs, the source was replaced. */
  readonly invocationId: string
}

export const SOURCE_CHECKPOINTS: CheckpointKind<SourceCheckpoint> = {
  name: 'session-buddy',
  isValid: ({ rowId, invocationId }) => Number.isSafeInteger(rowId) && typeof invocationId === 'string',
}

export interface ImportSourceOptions extends Destination<SourceCheckpoint> {
  readonly path: string
  readonly source: Source
  /** Ignores the checkpoint and reads everything again. */
  readonly restart: boolean
  readonly batchItemsMax: number
  readonly signal: AbortSignal
  readonly nowMs: () => number
  readonly onRows?: (rows: number) => void
}

/**
 * Imports the calls that session-buddy recorded. It may be stopped at any moment and run again: nothing is
 * lost, and nothing is counted twice.
 * @throws {SendError} when the server refuses or does not answer; the signal's reason when aborted
 */
export async function importSource(options: ImportSourceOptions): Promise<SessionBuddySummary> {
  const { path, source, nowMs } = options
  const startedAtMs = nowMs()
  const summary = createSessionBuddySummary(path, source)
  const uploader = new Uploader(options, { observations: summary.sent })
  const from = await startRow(options, summary)
  options.onRows?.(summary.rows.known)
  await importRows(from, summary, uploader, options)
  await uploader.drain()
  summary.elapsed_ms = nowMs() - startedAtMs
  return summary
}

/** The row of the checkpoint, or 0 when the source was replaced since. */
async function startRow(
  { path, source, restart, checkpoints }: ImportSourceOptions,
  summary: SessionBuddySummary,
): Promise<number> {
  const saved = restart ? undefined : await checkpoints.read(path)
  if (saved === undefined) return 0
  const isSame = source.invocationIdAt(saved.rowId) === saved.invocationId
  summary.restarted = !isSame
  if (!isSame) return 0
  summary.rows.known = source.rowCountUpTo(saved.rowId)
  return saved.rowId
}

async function importRows(
  from: number,
  summary: SessionBuddySummary,
  uploader: Uploader<SourceCheckpoint>,
  { path, source, signal, nowMs, onRows }: ImportSourceOptions,
): Promise<void> {
  for (const row of source.rowsAfter(from)) {
    signal.throwIfAborted()
    const reading = toObservation(row, source.layout, nowMs())
    tally(summary, reading)
    if (reading.observation !== undefined) uploader.add([reading.observation])
    uploader.setCheckpoint({ path, rowId: row.rowId, invocationId: row.invocationId })
    onRows?.(1)
    if (uploader.isFull) await uploader.flush()
  }
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
