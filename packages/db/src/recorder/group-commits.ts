import type { ParsedObservation } from '@skillwatch/schema'
import { asStorageUnavailable, StorageUnavailableError } from '../errors.ts'
import type { RecordOutcome } from '../recording/record.ts'
import type { GroupResult, WriterPort } from './commands.ts'
import { type Part, RequestQueue } from './queue.ts'

/** One that the writer commits, and the next one. */
const GROUPS_AT_A_TIME = 2

export interface GroupCommitsOptions {
  readonly queueItemsMax: number
  readonly groupRowsMax: number
  readonly groupDelayMs: number
  readonly now: () => number
  readonly onCommit: ((commit: Commit) => void) | undefined
}

/** A transaction that was committed. */
export interface Commit {
  readonly items: number
  readonly durationMs: number
  /** How many calls were counted under the phase `_other` since the start. */
  readonly otherPhases: number
}

/** Commits the observations of many requests together, one group after the other. */
export class GroupCommits {
  readonly queue: RequestQueue
  /** Set while the database refuses writes. */
  lastError: StorageUnavailableError | undefined
  readonly #port: WriterPort
  readonly #options: GroupCommitsOptions
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  /** Groups and steps of cascades that the writer has. */
  readonly #commits = new Set<Promise<void>>()
  #isPaused = false
  #hasCascades = false
  /** Groups and steps of cascades take turns, so that neither waits for the other under load. */
  #isCascadeNext = false
  #committedAtMs = Number.NEGATIVE_INFINITY
  /** When the first of the queue may wait no longer. */
  #dueAtMs = Number.POSITIVE_INFINITY

  constructor(port: WriterPort, options: GroupCommitsOptions) {
    this.#port = port
    this.#options = options
    this.queue = new RequestQueue(options.queueItemsMax)
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** How long nothing was recorded, in milliseconds. */
  idleMs(): number {
    return this.queue.isEmpty ? performance.now() - this.#committedAtMs : 0
  }

  /** @throws {QueueFullError} nothing was queued */
  add(
    projectId: number,
    observations: readonly ParsedObservation[],
    waitMsMax: number,
  ): Promise<(RecordOutcome | 'refused')[]> {
    return new Promise((resolve, reject) => {
      this.queue.add({ projectId, observations, outcomes: [], taken: 0, resolve, reject })
      this.#dueAtMs = Math.min(this.#dueAtMs, performance.now() + waitMsMax)
      this.#schedule()
    })
  }

  /** Resolves when everything that was queued before is committed or refused. */
  async flush(): Promise<void> {
    const waiting = this.queue.lastRequest()
    this.#dueAtMs = Number.NEGATIVE_INFINITY
    this.#schedule()
    await waiting
    while (this.#hasCascades) await this.#continueCascades()
  }

  /** Goes on with traces that an earlier process has left half correlated. */
  resumeCascades(): void {
    this.#hasCascades = true
    this.#schedule()
  }

  /** Waits for the groups that the writer has, and gives it no other. */
  async pause(): Promise<void> {
    this.#isPaused = true
    this.#unschedule()
    await Promise.all(this.#commits)
  }

  resume(): void {
    this.#isPaused = false
    this.#schedule()
  }

  /** Commits everything that is queued. */
  async drain(): Promise<void> {
    await this.pause()
    while (!this.queue.isEmpty) await this.#commitGroup()
  }

  /**
   * A full group is committed as soon as the requests at hand are read, and so is the first request after a
   * pause; within `groupDelayMs` of the last commit a smaller group waits for more, as does one that is not
   * due. While the writer commits a group, it is given the next one as soon as that is half full: it would
   * otherwise wait for this thread after each commit.
   */
  #schedule(): void {
    if (this.#immediate !== undefined || this.#isPaused) return
    const waitMs = this.#waitMs()
    if (waitMs === undefined) return
    this.#unschedule()
    if (waitMs <= 0) this.#immediate = setImmediate(() => this.#run())
    else this.#timer = setTimeout(() => this.#run(), waitMs)
  }

  /** How long the next group or step of a cascade must wait; undefined when there is none. */
  #waitMs(): number | undefined {
    const { waitingItems } = this.queue
    const { groupRowsMax, groupDelayMs } = this.#options
    if (this.#commits.size > 0) {
      const isNext = this.#commits.size < GROUPS_AT_A_TIME && waitingItems >= groupRowsMax / 2
      return isNext ? 0 : undefined
    }
    if (waitingItems === 0) return this.#hasCascades ? 0 : undefined
    if (waitingItems >= groupRowsMax) return 0
    return Math.max(this.#committedAtMs + groupDelayMs, this.#dueAtMs) - performance.now()
  }

  #unschedule(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#immediate = undefined
  }

  #run(): void {
    this.#unschedule()
    const isCascade = this.queue.waitingItems === 0 || (this.#hasCascades && this.#isCascadeNext)
    this.#isCascadeNext = !isCascade
    const commit = (isCascade ? this.#continueCascades() : this.#commitGroup()).finally(() => {
      this.#commits.delete(commit)
      this.#dueAtMs = this.queue.waitingItems === 0 ? Number.POSITIVE_INFINITY : this.#committedAtMs
      this.#schedule()
    })
    this.#commits.add(commit)
    this.#schedule()
  }

  async #commitGroup(): Promise<void> {
    const group = this.queue.takeGroup(this.#options.groupRowsMax)
    const startedAtMs = performance.now()
    const jobs = group.map(({ projectId, observations }) => ({ projectId, observations }))
    try {
      this.#settle(group, await this.#port.call('record', jobs, this.#options.now()), startedAtMs)
      this.lastError = undefined
    } catch (error) {
      const unavailable = asUnavailable(error)
      if (unavailable !== undefined) this.lastError = unavailable
      for (const part of group) this.queue.fail(part, unavailable ?? error)
    }
    this.#committedAtMs = performance.now()
  }

  #settle(group: readonly Part[], result: GroupResult, startedAtMs: number): void {
    const { outcomes, refusals, hasCascades, otherPhases } = result
    const items = group.reduce((sum, part) => sum + part.observations.length, 0)
    this.#hasCascades = hasCascades
    // A group that was given to the writer early began when the one before was committed.
    const beganAtMs = Math.max(startedAtMs, this.#committedAtMs)
    this.#options.onCommit?.({ items, durationMs: performance.now() - beganAtMs, otherPhases })
    for (const [index, part] of group.entries()) this.queue.settle(part, outcomes[index]!, refusals[index])
  }

  async #continueCascades(): Promise<void> {
    try {
      this.#hasCascades = await this.#port.call('continueCascades', this.#options.now())
    } catch (error) {
      this.#hasCascades = false
      this.lastError = asUnavailable(error)
      if (this.lastError === undefined) throw error
    }
  }
}

export function asUnavailable(error: unknown): StorageUnavailableError | undefined {
  return error instanceof StorageUnavailableError ? error : asStorageUnavailable(error)
}
