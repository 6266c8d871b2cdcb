import type { SendTotals } from '@skillwatch/client'
import type { ApiRequestInput, Observation, PromptInput } from '@skillwatch/schema'
import type { CheckpointStore } from './checkpoint-store.ts'
import { countSent, noneSent, type SentCounts } from './summary.ts'

export interface UploaderOptions<Checkpoint extends { readonly path: string }> {
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  /** Needed by importers of sources that report requests to models. */
  readonly sendApiRequests?: (requests: readonly ApiRequestInput[]) => Promise<SendTotals>
  /** Needed by importers of sources that report prompts. */
  readonly sendPrompts?: (prompts: readonly PromptInput[]) => Promise<SendTotals>
  readonly checkpoints: CheckpointStore<Checkpoint>
  /** Items of one request. */
  readonly batchItemsMax: number
}

/** Where the server's answers are counted. */
export interface SentTotals {
  readonly observations: SentCounts
  readonly apiRequests?: SentCounts
  readonly prompts?: SentCounts
}

/**
 * Sends observations, requests to models and prompts in batches and saves checkpoints. While one request is
 * in progress the next batch is collected. A checkpoint is saved after the server has accepted everything
 * that was added before it, and never earlier.
 */
export class Uploader<Checkpoint extends { readonly path: string }> {
  readonly #options: UploaderOptions<Checkpoint>
  readonly #sent: Required<SentTotals>
  #batch: Batch<Checkpoint> = emptyBatch()
  #inProgress: Promise<void> = Promise.resolve()

  constructor(options: UploaderOptions<Checkpoint>, sent: SentTotals) {
    this.#options = options
    this.#sent = { apiRequests: noneSent(), prompts: noneSent(), ...sent }
  }

  add(observations: readonly Observation[]): void {
    this.#batch.observations.push(...observations)
  }

  addApiRequests(requests: readonly ApiRequestInput[]): void {
    this.#batch.apiRequests.push(...requests)
  }

  addPrompts(prompts: readonly PromptInput[]): void {
    this.#batch.prompts.push(...prompts)
  }

  get isFull(): boolean {
    const { observations, apiRequests, prompts } = this.#batch
    return Math.max(observations.length, apiRequests.length, prompts.length) >= this.#options.batchItemsMax
  }

  /** Covers everything added so far. */
  setCheckpoint(checkpoint: Checkpoint): void {
    this.#batch.checkpoints.set(checkpoint.path, checkpoint)
  }

  /** Begins to send the batch, once the previous one is done. @throws the error of the previous one */
  async flush(): Promise<void> {
    await this.#inProgress
    this.#inProgress = this.#upload(this.#batch)
    // The next flush or drain throws the error. This handler keeps it from counting as unhandled until then.
    this.#inProgress.catch(() => undefined)
    this.#batch = emptyBatch()
  }

  /** Sends the rest and waits until everything is accepted. */
  async drain(): Promise<void> {
    await this.flush()
    await this.#inProgress
  }

  async #upload({ observations, apiRequests, prompts, checkpoints }: Batch<Checkpoint>): Promise<void> {
    const { send, sendApiRequests, sendPrompts } = this.#options
    if (prompts.length > 0) countSent(this.#sent.prompts, await sendPrompts!(prompts))
    if (observations.length > 0) countSent(this.#sent.observations, await send(observations))
    if (apiRequests.length > 0) countSent(this.#sent.apiRequests, await sendApiRequests!(apiRequests))
    for (const checkpoint of checkpoints.values()) await this.#options.checkpoints.write(checkpoint)
  }
}

interface Batch<Checkpoint> {
  readonly observations: Observation[]
  readonly apiRequests: ApiRequestInput[]
  readonly prompts: PromptInput[]
  /** The newest checkpoint of each source. */
  readonly checkpoints: Map<string, Checkpoint>
}

function emptyBatch<Checkpoint>(): Batch<Checkpoint> {
  return { observations: [], apiRequests: [], prompts: [], checkpoints: new Map() }
}
