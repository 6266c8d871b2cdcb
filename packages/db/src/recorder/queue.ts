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
  readonly resolve: (outcomes: (RecordOutcome | 'refused')[]) => void
  readonly reject: (error: unknown) => void
  refusal?: string
}

/**
 * Requests in the order of their arrival. Counts items, including those of the group that is being
 * committed.
 */
export class RequestQueue {
  readonly itemsMax: number
  readonly #requests = new Set<QueuedRequest>()
  readonly #whenAnswered = new Map<QueuedRequest, (() => void)[]>()
  items = 0

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
      const { projectId, observations, outcomes } = request
      const isWhole = outcomes.length === 0 && observations.length <= room
      const part = isWhole ? observations : observations.slice(outcomes.length, outcomes.length + room)
      group.push({ projectId, observations: part, request })
      room -= part.length
    }
    return group
  }

  /** Notes the outcomes of a part, and answers its request when that was its last one. */
  settle(
    { request, observations }: Part,
    outcomes: readonly (RecordOutcome | 'refused')[],
    refusal?: string,
  ): void {
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
    request.reject(error)
  }

  #forget(request: QueuedRequest): boolean {
    for (const resolve of this.#whenAnswered.get(request) ?? []) resolve()
    this.#whenAnswered.delete(request)
    return this.#requests.delete(request)
  }
}
