import type { Correlation, CorrelationView } from '../storage.ts'
import { isNearer, nearnessOf, type Pair } from './nearness.ts'

/** A call that an observation may belong to. */
export interface Call {
  readonly id: string
  readonly view: CorrelationView
  /** The observation that belongs to it before this pairing. */
  readonly observationId: string | undefined
}

/** An uncorrelated observation. */
export interface Observed {
  readonly id: string
  readonly view: CorrelationView | undefined
  /** The call that it belongs to before this pairing. */
  readonly correlation: Correlation | undefined
}

/** Where pairing finds what may belong together. */
export interface PairingSource {
  /** Undefined when there is no such call, or no longer. */
  call(id: string): Promise<Call | undefined>
  observation(id: string): Promise<Observed | undefined>
  /** The nearest calls that an observation with this view may belong to, in any order. */
  callsNear(view: CorrelationView): Promise<readonly Call[]>
  /** The nearest observations that may belong to a call with this view, in any order. */
  observationsNear(view: CorrelationView): Promise<readonly Observed[]>
}

/** Ids of what is new, changed or removed. */
export interface Changed {
  readonly calls: Iterable<string>
  /** The observation that belonged to each removed or changed call is among these. */
  readonly observations: Iterable<string>
}

/**
 * Finds again which observation belongs to which call, after some of them changed. Each observation belongs
 * to one call at most, and each call has one observation at most. All pairs have a total order (`isNearer`),
 * so there is exactly one stable pairing: the one in which no observation and call are both nearer to each
 * other than to their partners. It depends on the sets alone, not on the order of arrival (R4), and it is
 * kept by local repairs (Gale and Shapley 1962): one that lost its partner looks for the nearest one that
 * prefers it.
 * @returns the new correlation of each observation that was looked at
 */
export async function pair(
  source: PairingSource,
  changed: Changed,
): Promise<ReadonlyMap<string, Correlation | undefined>> {
  const pairing = new Pairing(source)
  for (const id of changed.observations) await pairing.reviewObservation(id)
  for (const id of changed.calls) await pairing.reviewCall(id)
  await pairing.settle()
  return pairing.correlations
}

class Pairing {
  readonly correlations = new Map<string, Correlation | undefined>()
  readonly #source: PairingSource
  readonly #observationOfCall = new Map<string, string | undefined>()
  readonly #waiting = new Set<string>()
  readonly #waitingCalls = new Set<string>()

  constructor(source: PairingSource) {
    this.#source = source
  }

  /** Keeps the pair of an observation if it is still one, and has it looked at again. */
  async reviewObservation(id: string): Promise<void> {
    const observation = await this.#source.observation(id)
    if (observation === undefined) return
    this.#waiting.add(id)
    const before = this.#correlationOf(observation)
    if (before === undefined) return
    const call = await this.#source.call(before.invocationId)
    const nearness = call && nearnessOf(observation, call)
    if (nearness === undefined) this.#part(id, before.invocationId)
    else this.#join(id, before.invocationId, nearness)
    this.#waitingCalls.add(before.invocationId)
  }

  async reviewCall(id: string): Promise<void> {
    const call = await this.#source.call(id)
    if (call !== undefined) this.#waitingCalls.add(id)
  }

  async settle(): Promise<void> {
    while (this.#waiting.size + this.#waitingCalls.size > 0) {
      const observationId = takeFirst(this.#waiting)
      if (observationId !== undefined) await this.#proposeObservation(observationId)
      const callId = takeFirst(this.#waitingCalls)
      if (callId !== undefined) await this.#proposeCall(callId)
    }
  }

  async #proposeObservation(id: string): Promise<void> {
    const observation = await this.#source.observation(id)
    if (observation === undefined) return
    const own = await this.#source.call(id)
    const near = observation.view === undefined ? [] : await this.#source.callsNear(observation.view)
    let best = this.#pairOfObservation(observation)
    for (const call of own === undefined ? near : [own, ...near]) {
      const candidate = toPair(observation, call)
      if (candidate === undefined || (best !== undefined && !isNearer(candidate, best))) continue
      if (await this.#prefersCall(call, candidate)) best = candidate
    }
    if (best !== undefined) this.#accept(best)
  }

  async #proposeCall(id: string): Promise<void> {
    const call = await this.#source.call(id)
    if (call === undefined) return
    const own = await this.#source.observation(id)
    const near = await this.#source.observationsNear(call.view)
    let best = await this.#pairOfCall(call)
    for (const observation of own === undefined ? near : [own, ...near]) {
      const candidate = toPair(observation, call)
      if (candidate === undefined || (best !== undefined && !isNearer(candidate, best))) continue
      const current = this.#pairOfObservation(observation)
      if (current === undefined || isNearer(candidate, current)) best = candidate
    }
    if (best !== undefined) this.#accept(best)
  }

  async #prefersCall(call: Call, candidate: Pair): Promise<boolean> {
    const current = await this.#pairOfCall(call)
    return current === undefined || isNearer(candidate, current)
  }

  #accept({ observationId, invocationId, nearness }: Pair): void {
    const before = this.correlations.get(observationId)
    if (before?.invocationId === invocationId) return
    if (before !== undefined) {
      this.#part(observationId, before.invocationId)
      this.#waitingCalls.add(before.invocationId)
    }
    const displaced = this.#observationOfCall.get(invocationId)
    if (displaced !== undefined) {
      this.#part(displaced, invocationId)
      this.#waiting.add(displaced)
    }
    this.#join(observationId, invocationId, nearness)
  }

  #join(observationId: string, invocationId: string, nearness: Pair['nearness']): void {
    this.correlations.set(observationId, { invocationId, nearness })
    this.#observationOfCall.set(invocationId, observationId)
  }

  #part(observationId: string, invocationId: string): void {
    this.correlations.set(observationId, undefined)
    this.#observationOfCall.set(invocationId, undefined)
  }

  /** Notes the stored correlation when it is first needed. */
  #correlationOf({ id, correlation }: Observed): Correlation | undefined {
    if (!this.correlations.has(id)) {
      const isTaken = correlation !== undefined && this.#observationOfCall.has(correlation.invocationId)
      if (isTaken) this.#waiting.add(id)
      if (correlation === undefined || isTaken) this.correlations.set(id, undefined)
      else this.#join(id, correlation.invocationId, correlation.nearness)
    }
    return this.correlations.get(id)
  }

  #pairOfObservation(observation: Observed): Pair | undefined {
    const correlation = this.#correlationOf(observation)
    return correlation && { observationId: observation.id, ...correlation }
  }

  async #pairOfCall(call: Call): Promise<Pair | undefined> {
    if (!this.#observationOfCall.has(call.id)) {
      const observation =
        call.observationId === undefined ? undefined : await this.#source.observation(call.observationId)
      const correlation = observation && this.#correlationOf(observation)
      if (correlation?.invocationId !== call.id) this.#observationOfCall.set(call.id, undefined)
    }
    const observationId = this.#observationOfCall.get(call.id)
    const correlation = observationId === undefined ? undefined : this.correlations.get(observationId)
    return correlation && { observationId: observationId!, ...correlation }
  }
}

function toPair(observation: Observed, call: Call): Pair | undefined {
  const nearness = nearnessOf(observation, call)
  return nearness && { observationId: observation.id, invocationId: call.id, nearness }
}

function takeFirst<T>(set: Set<T>): T | undefined {
  for (const first of set) {
    set.delete(first)
    return first
  }
  return undefined
}
