import type { SendTotals } from '@skillwatch/client'
import type { ApiRequestInput, Observation } from '@skillwatch/schema'
import type { CheckpointStore } from './checkpoint-store.ts'
import { countSent, noneSent, type SentCounts } from './summary.ts'

export interface UploaderOptions<Checkpoint extends { readonly path: string }> {
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  /** Needed by importers of sources that report requests to models. */
  readonly sendApiRequests?: (requests: readonly ApiRequestInput[]) => Promise<SendTotals>
  readonly checkpoints: CheckpointStore<Checkpoint>
  /** Items of one request. */
  readonly batchItemsMax: number
}

/**
 * Sends observations and requests to models in batches and saves checkpoints. While one request is in
 * progress the next batch is collected. A checkpoint is saved after the server has accepted everything that was added before it, and
 * never earlier.
 */
export class Uploader<Checkpoint extends { readonly path: string }> {
  readonly #options: UploaderOptions<Checkpoint>
  readonly #sent: SentCounts
  readonly #sentApiRequests: SentCounts
  #observations: Observation[] = []
  #apiRequests: ApiRequestInput[] = []
  /** The newest checkpoint of each source. */
  #checkpoints = new Map<string, Checkpoint>()
  #inProgress: Promise<void> = Promise.resolve()

  /** @param sent where the server's answers are counted, and those to requests to models */
  constructor(options: UploaderOptions<Checkpoint>, sent: SentCounts, sentApiRequests = noneSent()) {
    this.#options = options
    this.#sent = sent
    this.#sentApiRequests = sentApiRequests
  }

  add(observations: readonly Observation[]): void {
    this.#observations.push(...observations)
  }

  addApiRequests(requests: readonly ApiRequestInput[]): void {
    this.#apiRequests.push(...requests)
  }

  get isFull(): boolean {
    return Math.max(this.#observations.length, this.#apiRequests.length) >= this.#options.batchItemsMax
  }

  /** Covers everything added so far. */
  setCheckpoint(checkpoint: Checkpoint): void {
    this.#checkpoints.set(checkpoint.path, checkpoint)
  }

  /** Begins to send the batch, once the previous one is done. @throws the error of the previous one */
  async flush(): Promise<void> {
    await this.#inProgress
    this.#inProgress = this.#upload(this.#observations, this.#apiRequests, this.#checkpoints.values())
    // The next flush or drain throws the error. This handler keeps it from counting as unhandled until then.
    this.#inProgress.catch(() => undefined)
    this.#observations = []
    this.#apiRequests = []
    this.#checkpoints = new Map()
  }

  /** Sends the rest and waits until everything is accepted. */
  async drain(): Promise<void> {
    await this.flush()
    await this.#inProgress
  }

  async #upload(
    observations: readonly Observation[],
    apiRequests: readonly ApiRequestInput[],
    checkpoints: Iterable<Checkpoint>,
  ): Promise<void> {
    const { send, sendApiRequests } = this.#options
    if (observations.length > 0) countSent(this.#sent, await send(observations))
    if (apiRequests.length > 0) countSent(this.#sentApiRequests, await sendApiRequests!(apiRequests))
    for (const checkpoint of checkpoints) await this.#options.checkpoints.write(checkpoint)
  }
}
