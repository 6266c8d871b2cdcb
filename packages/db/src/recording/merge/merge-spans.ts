import type { CorrelatedSpans } from '../correlate/spans.ts'
import { isSameRecord, type WitnessRecord } from '../witness-record.ts'
import type { InvocationDraft, WriteBatch } from '../write-batch.ts'
import { withObservation } from './merge.ts'
import { spanRecord } from './span-record.ts'

/**
 * Gives the calls of correlated spans the record that all their spans make: it replaces the one before.
 * @returns the traces of calls that have a row, which are kept as long as it
 */
export async function mergeSpanRecords(
  batch: WriteBatch,
  { invocationIds, movedTo }: CorrelatedSpans,
): Promise<ReadonlySet<string>> {
  const ids = [...invocationIds]
  await batch.load(ids)
  const spansOf = await batch.spans.ofInvocations(ids)
  await batch.spans.loadAncestors([...spansOf.values()].flat())
  const traceIds = new Set<string>()
  for (const id of ids) {
    const draft = batch.drafts.get(id)!
    const spans = spansOf.get(id) ?? []
    setSpanRecord(draft, spanRecord(id, spans, batch.spans.parentOf))
    batch.touched.add(draft)
    if (draft.isCall) for (const { trace_id } of spans) traceIds.add(trace_id)
    else draft.successor = batch.drafts.get(movedTo.get(id) ?? '')
  }
  return traceIds
}

function setSpanRecord(draft: InvocationDraft, record: WitnessRecord | undefined): void {
  const before = draft.records.find(({ witness }) => witness === 'otel_span')
  if (before === record || (before && record && isSameRecord(before, record))) return
  const others = draft.records.filter((each) => each !== before)
  draft.setRecords(record === undefined ? others : withObservation(others, record), 'otel_span')
}
