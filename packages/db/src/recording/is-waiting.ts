import type { ParsedObservation } from '@skillwatch/schema'
import type { WriteBatch } from './write-batch.ts'

/** Whether a span belongs to a call that has no row yet, as no witness reported its session. */
export async function isWaiting(batch: WriteBatch, { span, fields }: ParsedObservation): Promise<boolean> {
  if (span === undefined || span.role === 'context' || fields.session_id !== undefined) return false
  const id = batch.spans.get(span)?.invocation_id ?? null
  return id === null || !(await batch.draft(id)).isCall
}
