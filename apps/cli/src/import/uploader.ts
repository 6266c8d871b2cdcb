import type { SendTotals } from '@skillwatch/client'
import type { Observation } from '@skillwatch/schema'
import type { CheckpointStore } from './checkpoint-store.ts'
import { countSent, type SentCounts } from './summary.ts'

export interface UploaderOptions<Checkpoint extends { readonly path: string }> {
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  readonly checkpoints: CheckpointStore<Checkpoint>
  /** Observations of one request. */
  readonly batchItemsMax: number
}

/**
 * Sends observations in batches and saves checkpoints. While one request is in progress the next batch is
 * collected. A checkpoint is saved after the server has accepted everything that was added before it, and
 * never earlier.
 */
export class Uploader<Checkpoint extends { readonly path: string }> {
  readonly #options: UploaderOptions<Checkpoint>
  readonly #sent: SentCounts
  #observations: Observation[] = []
  /** The newest checkpoint of each source. */
  #checkpoints = new Map<string, Checkpoint>()
  #inProgress: Promise<void> = Promise.resolve()

  /** @param sent where the server's answers are counted */
  constructor(options: UploaderOptions<Checkpoint>, sent: SentCounts) {
    this.#options = options
    this.#sent = sent
  }

  add(observations: readonly Observation[]): void {
    this.#observations.push(...observations)
  }

  get isFull(): boolean {
    return this.#observations.length >= this.#options.batchItemsMax
  }

  /** Covers everything added so far. */
  setCheckpoint(checkpoint: Checkpoint): void {
    this.#checkpoints.set(checkpoint.path, checkpoint)
  }

  /** Begins to send the batch, once the previous one is done. @throws the error of the previous one */
  async flush(): Promise<void> {
    await this.#inProgress
    this.#inProgress = this.#upload(this.#observations, this.#checkpoints.values())
    // The next flush or drain throws the error. This handler keeps it from counting as unhandled until then.
    this.#inProgress.catch(() => undefined)
    this.#observations = []
    this.#checkpoints = new Map()
  }

  /** Sends the rest and waits until everything is accepted. */
  async drain(): Promise<void> {
    await this.flush()
    await this.#inProgress
  }

  async #upload(observations: readonly Observation[], checkpoints: Iterable<Checkpoint>): Promise<void> {
    if (observations.length > 0) countSent(this.#sent, await this.#options.send(observations))
    for (const checkpoint of checkpoints) await this.#options.checkpoints.write(checkpoint)
  }
}
