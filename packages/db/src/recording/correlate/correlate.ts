import type { SpanCascade } from '../storage.ts'
import type { InvocationDraft, WriteBatch } from '../write-batch.ts'
import { correlateObservations } from './observations.ts'
import { type CorrelatedSpans, correlateSpans } from './spans.ts'

/** Kinds of calls that uncorrelated observations are about. */
const CORRELATABLE: ReadonlySet<string> = new Set(['skill', 'command', 'agent'])

/** Finds the calls of the spans of the batch, and of spans that waited for the calls of the batch. */
export async function correlateSpansOf(
  batch: WriteBatch,
  cascades: readonly SpanCascade[],
): Promise<CorrelatedSpans | undefined> {
  const changed = batch.spans.changed
  const added = [...batch.drafts.values()].filter((draft) => draft.stored === undefined)
  const waiting = await batch.spans.ofInvocations(added.map(({ invocationId }) => invocationId))
  if (changed.length === 0 && cascades.length === 0 && waiting.size === 0) return undefined
  return correlateSpans(batch.spans, [...changed, ...[...waiting.values()].flat()], cascades)
}

/** Finds the calls of the uncorrelated observations that the batch may have moved. */
export async function correlateObservationsOf(batch: WriteBatch): Promise<void> {
  if (batch.observations.size === 0 && !batch.trx.hasObservations()) return
  const changed = [...batch.observations.values()].filter(({ record, stored }) => record !== stored?.record)
  const calls = [...batch.touched].filter(isMoved)
  if (changed.length === 0 && calls.length === 0) return
  await correlateObservations(
    batch,
    calls,
    changed.map(({ observationId }) => observationId),
  )
}

/** Whether correlation sees a call that is new, another one, or gone. */
function isMoved(draft: InvocationDraft): boolean {
  if (!mayCorrelate(draft)) return false
  const { view, storedView } = draft
  return view !== storedView && JSON.stringify(view) !== JSON.stringify(storedView)
}

function mayCorrelate({ records, stored }: InvocationDraft): boolean {
  const kinds = records.map(({ fields }) => fields.kind ?? 'skill')
  return (
    kinds.some((kind) => CORRELATABLE.has(kind)) ||
    (stored !== undefined && CORRELATABLE.has(stored.row.kind))
  )
}
