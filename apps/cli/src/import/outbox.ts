import type { SendTotals } from '@skillwatch/client'
import type { Observation } from '@skillwatch/schema'

export interface OutboxOptions<Progress> {
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  readonly save: (progress: Progress) => Promise<void>
  readonly onSent: (totals: SendTotals) => void
  /** Observations that make a request worth sending. */
  readonly itemsMax: number
}

/**
 * Observations on their way, and how far the sources are once the server has answered for them. One request is under way
 * while the next is gathered; progress is written in order, and never before the answer.
 */
export interface Outbox<Progress> {
  add(observations: readonly Observation[]): void
  readonly isFull: boolean
  /** To be written when everything added before it is answered for. */
  checkpoint(progress: Progress): void
  /** Sends what is gathered, after the request before it. @throws what sending or saving threw, also of that one */
  flush(): Promise<void>
  /** Sends the rest and waits for all answers. */
  drain(): Promise<void>
}

export function createOutbox<Progress extends { readonly path: string }>({
  send,
  save,
  onSent,
  itemsMax,
}: OutboxOptions<Progress>): Outbox<Progress> {
  let observations: Observation[] = []
  let checkpoints = new Map<string, Progress>()
  let underWay: Promise<void> = Promise.resolve()

  async function deliver(items: readonly Observation[], progress: Iterable<Progress>): Promise<void> {
    if (items.length > 0) onSent(await send(items))
    for (const each of progress) await save(each)
  }
  async function flush(): Promise<void> {
    await underWay
    underWay = deliver(observations, checkpoints.values())
    // Whoever flushes or drains next meets the error; until then nobody waits for it.
    underWay.catch(() => undefined)
    observations = []
    checkpoints = new Map()
  }
  return {
    add: (items) => void observations.push(...items),
    get isFull() {
      return observations.length >= itemsMax
    },
    checkpoint: (progress) => void checkpoints.set(progress.path, progress),
    flush,
    async drain() {
      await flush()
      await underWay
    },
  }
}
