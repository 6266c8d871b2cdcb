import type { Correlation, CorrelationView, Neighbourhood } from '../storage.ts'
import type { InvocationDraft, ObservationDraft, WriteBatch } from '../write-batch.ts'
import { type Call, type Observed, type PairingSource, pair } from './pairing.ts'

/** Most stored calls or observations on either side of an instant that are compared. */
const NEIGHBOURS_MAX = 16

/**
 * Finds again which calls the uncorrelated observations belong to, after some calls and observations of the
 * batch changed, and notes it in the batch. Reads a bounded number of neighbours by index, however long the
 * session is.
 */
export async function correlateObservations(
  batch: WriteBatch,
  changedCalls: readonly InvocationDraft[],
  changedObservations: readonly string[],
): Promise<void> {
  const observationIds = changedCalls.flatMap(({ stored }) => stored?.observation?.observationId ?? [])
  const source = new BatchSource(batch)
  const correlations = await pair(source, {
    observations: new Set([...observationIds, ...changedObservations]),
    calls: changedCalls.map(({ invocationId }) => invocationId),
  })
  for (const [id, correlation] of correlations) await applyCorrelation(batch, id, correlation)
}

/** Marks the rows that an observation leaves and reaches. */
async function applyCorrelation(
  batch: WriteBatch,
  observationId: string,
  correlation: Correlation | undefined,
): Promise<void> {
  const before = batch.observations.get(observationId)!
  batch.observations.set(observationId, { ...before, correlation })
  const from = before.stored && (before.stored.correlation?.invocationId ?? observationId)
  const to = correlation?.invocationId ?? observationId
  const isSame = from === to && before.record === before.stored?.record
  if (isSame) return
  await batch.load([to, ...(from === undefined ? [] : [from])])
  const reached = batch.drafts.get(to)!
  batch.touched.add(reached)
  if (from === undefined || from === to) return
  const left = batch.drafts.get(from)!
  batch.touched.add(left)
  if (!left.isCall) left.successor = reached
}

/** The calls and observations that are stored, with those of the batch in their place. */
class BatchSource implements PairingSource {
  readonly #batch: WriteBatch

  constructor(batch: WriteBatch) {
    this.#batch = batch
  }

  async call(id: string): Promise<Call | undefined> {
    return toCall(await this.#batch.draft(id))
  }

  async observation(id: string): Promise<Observed | undefined> {
    await this.#batch.loadObservations([id])
    const draft = this.#batch.observations.get(id)
    return draft && toObserved(draft)
  }

  async callsNear(view: CorrelationView): Promise<readonly Call[]> {
    const { trx, projectId, drafts } = this.#batch
    for (const stored of await trx.callsAround(projectId, neighbourhoodOf(view))) this.#batch.adopt(stored)
    return [...drafts.values()].flatMap((draft) => (isNearby(draft.view, view) ? (toCall(draft) ?? []) : []))
  }

  async observationsNear(view: CorrelationView): Promise<readonly Observed[]> {
    const { trx, projectId, observations } = this.#batch
    for (const stored of await trx.observationsAround(projectId, neighbourhoodOf(view))) {
      this.#batch.adoptObservation(stored)
    }
    return [...observations.values()].filter((each) => isNearby(each.view, view)).map(toObserved)
  }
}

function toCall(draft: InvocationDraft): Call | undefined {
  const { invocationId: id, view, stored } = draft
  return view && { id, view, observationId: stored?.observation?.observationId }
}

function toObserved({ observationId: id, view, stored }: ObservationDraft): Observed {
  return { id, view, correlation: stored?.correlation }
}

function isNearby(a: CorrelationView | undefined, b: CorrelationView): boolean {
  return a !== undefined && a.kind === b.kind && a.session_id === b.session_id
}

function neighbourhoodOf({ session_id, kind, began_at_ms }: CorrelationView): Neighbourhood {
  return { session_id, kind, at_ms: began_at_ms, limit: NEIGHBOURS_MAX }
}
