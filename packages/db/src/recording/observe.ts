import { isOfOtherCall, withoutTrace } from './correlate/span-tree.ts'
import { withObservation } from './merge/merge.ts'
import { mergeSpan } from './merge/span-record.ts'
import type { NormalisedObservation } from './normalise/normalise.ts'
import { mergePrompts, type StoredPrompt } from './prompt.ts'
import type { SpanId, StoredSpan } from './storage.ts'
import { isSameRecord, type WitnessRecord } from './witness-record.ts'
import { viewOfObservation, type WriteBatch } from './write-batch.ts'

/** What became of an observation: it added something, or everything in it was known. */
export type Observed = 'accepted' | 'duplicate'

/** Loads by sets what the observations name. */
export async function loadNamed(batch: WriteBatch, all: readonly NormalisedObservation[]): Promise<void> {
  const calls: string[] = []
  const observations: string[] = []
  const spans: SpanId[] = []
  const sessions: string[] = []
  const prompts: StoredPrompt[] = []
  for (const each of all) {
    if (each.type === 'call') calls.push(each.id)
    else if (each.type === 'uncorrelated') observations.push(each.id)
    else if (each.type === 'span') spans.push(each.span, withoutTrace(each.span))
    else if (each.type === 'prompt') prompts.push(each.prompt)
    else sessions.push(each.session_id)
  }
  await batch.load(calls)
  if (observations.length > 0) await batch.loadObservations(observations)
  if (spans.length > 0) await batch.spans.load(spans)
  if (sessions.length > 0) await loadSessions(batch, sessions)
  if (prompts.length > 0) await batch.loadPrompts(prompts)
}

/** Merges one observation into the batch; everything that it names is loaded. */
export function observe(batch: WriteBatch, observation: NormalisedObservation): Observed {
  switch (observation.type) {
    case 'call':
      return observeCall(batch, observation.id, observation.record)
    case 'uncorrelated':
      return observeUncorrelated(batch, observation.id, observation.record)
    case 'span':
      return observeSpan(batch, observation.span)
    case 'prompt':
      return observePrompt(batch, observation.prompt)
    case 'session_end':
      return observeSessionEnd(batch, observation.session_id, observation.ended_at_ms)
  }
}

function observeCall(batch: WriteBatch, invocationId: string, next: WitnessRecord): Observed {
  const draft = batch.drafts.get(invocationId)!
  const known = draft.records.find(({ witness }) => witness === next.witness)
  const records = withObservation(draft.records, next)
  const merged = records.find(({ witness }) => witness === next.witness)!
  if (known !== undefined && isSameRecord(known, merged)) return 'duplicate'
  draft.setRecords(records, next.witness)
  batch.touched.add(draft)
  return 'accepted'
}

/** The first witness of an uncorrelated observation stays its witness. */
function observeUncorrelated(batch: WriteBatch, observationId: string, next: WitnessRecord): Observed {
  const known = batch.observations.get(observationId)
  const [record] = withObservation(known ? [known.record] : [], {
    ...next,
    witness: known?.record.witness ?? next.witness,
  }) as [WitnessRecord]
  if (known !== undefined && isSameRecord(known.record, record)) return 'duplicate'
  batch.observations.set(observationId, {
    observationId,
    stored: known?.stored,
    record,
    view: viewOfObservation(record),
    correlation: known?.correlation,
  })
  return 'accepted'
}

function observeSpan(batch: WriteBatch, received: StoredSpan): Observed {
  const { spans } = batch
  const next = isOfOtherCall(spans.get(received), received) ? withoutTrace(received) : received
  const merged = mergeSpan(spans.get(next), next)
  if (merged === undefined) return 'duplicate'
  spans.change(merged)
  return 'accepted'
}

function observePrompt(batch: WriteBatch, next: StoredPrompt): Observed {
  const known = batch.promptOf(next)
  const merged = known === undefined ? next : mergePrompts(known, next)
  if (merged === known) return 'duplicate'
  batch.setPrompt(merged)
  return 'accepted'
}

function observeSessionEnd(
  { sessionEnds, changedSessionEnds, turnsOfSessionEnds }: WriteBatch,
  id: string,
  endedAtMs: number,
): Observed {
  const known = sessionEnds.get(id)
  if ((known ?? Number.NEGATIVE_INFINITY) >= endedAtMs) return 'duplicate'
  if (known !== undefined) turnsOfSessionEnds.push({ session_id: id, at_ms: known })
  turnsOfSessionEnds.push({ session_id: id, at_ms: endedAtMs })
  sessionEnds.set(id, endedAtMs)
  changedSessionEnds.set(id, endedAtMs)
  return 'accepted'
}

/**
 * The end of a session matters to its calls that have no result: those that run, or ended with an earlier
 * end.
 */
async function loadSessions(batch: WriteBatch, sessionIds: readonly string[]): Promise<void> {
  const { trx, projectId, sessionEnds } = batch
  for (const [id, endedAtMs] of await trx.sessionEnds(projectId, sessionIds)) {
    if (!sessionEnds.has(id)) sessionEnds.set(id, endedAtMs)
    await touch(batch, await trx.invocationsEndedAt(projectId, id, endedAtMs))
  }
  for (const sessionId of new Set(sessionIds)) {
    await touch(batch, await trx.runningInvocations(projectId, sessionId))
  }
}

async function touch(batch: WriteBatch, invocationIds: readonly string[]): Promise<void> {
  await batch.load(invocationIds)
  for (const id of invocationIds) batch.touched.add(batch.drafts.get(id)!)
}
