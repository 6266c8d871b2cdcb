import type { CorrelatedSpans } from '../correlate/spans.ts'
import type { SpanCascade } from '../storage.ts'
import type { WriteBatch } from '../write-batch.ts'
import { liveLabels } from './live-count.ts'
import { planWrites } from './plan.ts'
import { type RowVersion, rowVersions, sessionsOfRunning } from './versions.ts'

/** What the steps before found, beside the batch. */
export interface WriteInput {
  readonly spans: CorrelatedSpans | undefined
  readonly keptTraces: ReadonlySet<string>
  readonly cascades: readonly SpanCascade[]
}

/** Writes everything that changed in the batch: rows, witness records, roll-ups, change log. */
export async function write(batch: WriteBatch, input: WriteInput): Promise<void> {
  const { trx, projectId, nowMs } = batch
  const versions = await loadVersions(batch)
  const counted = versions.flatMap(({ isCountedNow, after }) =>
    isCountedNow && after ? liveLabels(after) : [],
  )
  const seriesIds = counted.length === 0 ? [] : await trx.liveSeries(projectId, counted)
  const added = versions.filter(({ before, after }) => before === undefined && after !== undefined)
  const firstRowId = await trx.reserveRowIds(added.length)
  await trx.apply(projectId, planWrites(batch, { ...input, versions, seriesIds, firstRowId }), nowMs)
}

/** A call without a result may be one of a session that ended; that is looked up for such calls only. */
async function loadVersions(batch: WriteBatch): Promise<RowVersion[]> {
  const versions = rowVersions(batch)
  const sessions = sessionsOfRunning(versions).filter((id) => !batch.sessionEnds.has(id))
  if (sessions.length === 0) return versions
  const ends = await batch.trx.sessionEnds(batch.projectId, sessions)
  for (const [id, endedAtMs] of ends) batch.sessionEnds.set(id, endedAtMs)
  return ends.size === 0 ? versions : rowVersions(batch)
}
