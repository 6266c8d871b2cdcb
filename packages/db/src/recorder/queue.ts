import type { ParsedObservation } from '@skillwatch/schema'
import { QueueFullError } from '../errors.ts'
import type { RecordJob, RecordOutcome } from '../recording/record.ts'

/** The part of a request that goes into one group. */
export interface Part extends RecordJob {
  readonly request: QueuedRequest
}

/** A request in the queue; `outcomes` holds what was committed of it so far. */
export interface QueuedRequest {
  readonly projectId: number
  readonly observations: readonly ParsedObservation[]
  readonly outcomes: (RecordOutcome | 'refused')[]
  /** How many of its observations are committed or are being committed. */
  taken: number
  readonly resolve: (outcomes: (RecordOutcome | 'refused')[]) => void
  readonly reject: (error: unknown) => void
  refusal?: string
}

/**
 * Requests in the order of their arrival. Counts items, including those of the groups that are being
 * committed.
 */
export class RequestQueue {
  readonly itemsMax: number
  readonly #requests = new Set<QueuedRequest>()
  readonly #whenAnswered = new Map<QueuedRequest, (() => void)[]>()
  items = 0
  /** Items that no group contains yet. */
  waitingItems = 0

  constructor(itemsMax: number) {
    this.itemsMax = itemsMax
  }

  get isEmpty(): boolean {
    return this.#requests.size === 0
  }

  /** @throws {QueueFullError} there is no room for the whole request; nothing of it was queued */
  add(request: QueuedRequest): void {
    const { length } = request.observations
    if (this.items + length > this.itemsMax) throw new QueueFullError(this.items, this.itemsMax)
    this.#requests.add(request)
    this.items += length
    this.waitingItems += length
  }

  /** Resolves when the newest request is answered, however. */
  async lastRequest(): Promise<void> {
    const last = [...this.#requests].at(-1)
    if (last === undefined) return
    await new Promise<void>((resolve) =>
      this.#whenAnswered.set(last, [...(this.#whenAnswered.get(last) ?? []), resolve]),
    )
  }

  /** The next observations, in order, as many as one group holds; the last request may be taken in part. */
  takeGroup(itemsMax: number): Part[] {
    const group: Part[] = []
    let room = itemsMax
    for (const request of this.#requests) {
      if (room === 0) break
      const { projectId, observations, taken } = request
      if (taken === observations.length) continue
      const isWhole = taken === 0 && observations.length <= room
      const part = isWhole ? observations : observations.slice(taken, taken + room)
      group.push({ projectId, observations: part, request })
      request.taken += part.length
      room -= part.length
    }
    this.waitingItems -= itemsMax - room
    return group
  }

  /** Notes the outcomes of a part, and answers its request when that was its last one. */
  settle(
    { request, observations }: Part,
    outcomes: readonly (RecordOutcome | 'refused')[],
    refusal?: string,
  ): void {
    // Another part of the request has failed.
    if (!this.#requests.has(request)) return
    this.items -= observations.length
    request.outcomes.push(...outcomes)
    if (refusal !== undefined) request.refusal ??= refusal
    if (request.outcomes.length < request.observations.length) return
    this.#forget(request)
    const isRefused = request.outcomes.every((outcome) => outcome === 'refused')
    if (isRefused) request.reject(new Error(request.refusal ?? 'refused'))
    else request.resolve(request.outcomes)
  }

  /** Fails a request; what was committed of it stays committed. */
  fail({ request }: Part, error: unknown): void {
    if (!this.#forget(request)) return
    this.items -= request.observations.length - request.outcomes.length
    this.waitingItems -= request.observations.length - request.taken
    request.reject(error)
  }

  #forget(request: QueuedRequest): boolean {
    for (const resolve of this.#whenAnswered.get(request) ?? []) resolve()
    this.#whenAnswered.delete(request)
    return this.#requests.delete(request)
  }
}
