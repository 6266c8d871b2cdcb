import { isNearer, nearnessOf, type Pair } from '../../src/recording/correlate/nearness.ts'
import { type PairingSource, pair } from '../../src/recording/correlate/pairing.ts'
import type { Correlation, CorrelationView } from '../../src/recording/storage.ts'

/** A call, or the call that an uncorrelated observation is about, in session `s`. */
export interface Party extends Omit<CorrelationView, 'session_id'> {
  readonly id: string
}

/** The ids of calls by those of their observations, as the recorder pairs them when all of them are new. */
export async function pairAll(
  observations: readonly Party[],
  calls: readonly Party[],
): Promise<Map<string, string>> {
  const correlations = await pair(sourceOf(observations, calls), {
    observations: observations.map(({ id }) => id),
    calls: calls.map(({ id }) => id),
  })
  return toMap(correlations)
}

/** The same, one observation or call after the other, in the order given. */
export async function pairOneByOne(
  observations: readonly Party[],
  calls: readonly Party[],
  order: readonly string[],
): Promise<Map<string, string>> {
  let known: ReadonlyMap<string, Correlation | undefined> = new Map()
  const arrived = new Set<string>()
  for (const id of order) {
    arrived.add(id)
    const isThere = (each: Party) => arrived.has(each.id)
    const source = sourceOf(observations.filter(isThere), calls.filter(isThere), known)
    const isCall = calls.some((each) => each.id === id)
    const changed = { observations: isCall ? [] : [id], calls: isCall ? [id] : [] }
    known = new Map([...known, ...(await pair(source, changed))])
  }
  return toMap(known)
}

/** Of all pairs, the nearest first, those of which neither is taken: what pairing has to come to. */
export function greedyPairs(observations: readonly Party[], calls: readonly Party[]): Map<string, string> {
  const all = observations.flatMap((observation) =>
    calls.flatMap((call): Pair[] => {
      const nearness = nearnessOf(toView(observation), toView(call))
      return nearness ? [{ observationId: observation.id, invocationId: call.id, nearness }] : []
    }),
  )
  const pairs = new Map<string, string>()
  const taken = new Set<string>()
  for (const { observationId, invocationId } of all.sort((a, b) => (isNearer(a, b) ? -1 : 1))) {
    if (pairs.has(observationId) || taken.has(invocationId)) continue
    pairs.set(observationId, invocationId)
    taken.add(invocationId)
  }
  return pairs
}

function sourceOf(
  observations: readonly Party[],
  calls: readonly Party[],
  known: ReadonlyMap<string, Correlation | undefined> = new Map(),
): PairingSource {
  const observed = observations.map((each) => ({ ...toView(each), correlation: known.get(each.id) }))
  const callable = calls.map((each) => ({
    ...toView(each),
    observationId: [...known].find(([, correlation]) => correlation?.invocationId === each.id)?.[0],
  }))
  return {
    call: async (id) => callable.find((each) => each.id === id),
    observation: async (id) => observed.find((each) => each.id === id),
    callsNear: async () => callable,
    observationsNear: async () => observed,
  }
}

function toView({ id, ...view }: Party) {
  return { id, view: { ...view, session_id: 's' } }
}

function toMap(correlations: ReadonlyMap<string, Correlation | undefined>): Map<string, string> {
  return new Map(
    [...correlations].flatMap(([id, correlation]) => (correlation ? [[id, correlation.invocationId]] : [])),
  )
}
