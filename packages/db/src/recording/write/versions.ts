import type { InvocationRow } from '@skillwatch/schema'
import type { ResolvedRow } from '../fields.ts'
import { resolve } from '../merge/resolve.ts'
import type { WitnessRecord } from '../witness-record.ts'
import { type InvocationDraft, type ObservationDraft, recordsOf, type WriteBatch } from '../write-batch.ts'
import { isCountedNow } from './live-count.ts'

/** A row before and after the transaction. */
export interface RowVersion {
  readonly draft: InvocationDraft
  readonly before: InvocationRow | undefined
  /** Undefined when the row is deleted. */
  readonly after: ResolvedRow | undefined
  /** What the row follows from: its witness records, with what an observation adds. */
  readonly records: readonly WitnessRecord[]
  readonly hasObservation: boolean
  /** How it was counted, by itself or as a row that it replaces. */
  readonly counted: InvocationRow | undefined
  readonly isCountedNow: boolean
}

/**
 * The versions of all rows of the batch that the transaction may change. A call without a result may be one
 * of a session that ended; that is looked up for such calls only.
 */
export async function loadVersions(batch: WriteBatch): Promise<RowVersion[]> {
  const versions = rowVersions(batch)
  const sessions = sessionsOfRunning(versions).filter((id) => !batch.sessionEnds.has(id))
  if (sessions.length === 0) return versions
  const ends = await batch.trx.sessionEnds(batch.projectId, sessions)
  for (const [id, endedAtMs] of ends) batch.sessionEnds.set(id, endedAtMs)
  return ends.size === 0 ? versions : rowVersions(batch)
}

function rowVersions(batch: WriteBatch): RowVersion[] {
  const observations = observationsByCall(batch)
  const counted = inheritedCounts(batch)
  return [...batch.touched].flatMap((draft) => {
    const { invocationId, stored } = draft
    const observation = observations.get(invocationId)
    const isKept = draft.isCall || observation !== undefined
    if (!isKept && stored === undefined) return []
    const records = isKept ? recordsOf(draft, observation) : []
    const after = isKept ? resolveIn(batch, records) : undefined
    return {
      draft,
      before: stored?.row,
      after,
      records,
      hasObservation: observation !== undefined,
      counted: counted.get(draft),
      isCountedNow:
        after !== undefined && !counted.has(draft) && isCountedNow(stored?.row, after, batch.nowMs),
    }
  })
}

/** The sessions of calls that have no result: whether these sessions ended is to be looked up. */
function sessionsOfRunning(versions: readonly RowVersion[]): string[] {
  const sessions = versions.flatMap(({ after }) => (after?.outcome === 'running' ? after.session_id : []))
  return [...new Set(sessions)]
}

/** An observation belongs to its call, or to a row of its own that has its id. */
function observationsByCall({ observations }: WriteBatch): Map<string, ObservationDraft> {
  return new Map(
    [...observations.values()].map((each) => [each.correlation?.invocationId ?? each.observationId, each]),
  )
}

function resolveIn({ sessionEnds }: WriteBatch, records: readonly WitnessRecord[]): ResolvedRow {
  const row = resolve(records)
  if (row.outcome !== 'running') return row
  const endedAtMs = sessionEnds.get(row.session_id)
  return endedAtMs === undefined ? row : resolve(records, endedAtMs)
}

/**
 * How rows were counted before. A row that replaces another one takes over its count, unless it was counted
 * itself: then the counters keep both, and note that one of them is deleted.
 */
function inheritedCounts({ touched }: WriteBatch): Map<InvocationDraft, InvocationRow> {
  const counts = new Map<InvocationDraft, InvocationRow>()
  for (const draft of touched) if (isCounted(draft)) counts.set(draft, draft.stored!.row)
  for (const draft of touched) {
    const { successor } = draft
    if (isCounted(draft) && !draft.isCall && successor !== undefined && !counts.has(successor)) {
      counts.set(successor, draft.stored!.row)
    }
  }
  return counts
}

function isCounted({ stored }: InvocationDraft): boolean {
  return stored !== undefined && stored.row.live_series_id !== null
}
