import type {
  AgentCall,
  ApiKey,
  ApiRequest,
  CreateApiKey,
  CreatedApiKey,
  ParsedObservation,
  TextField,
} from '@skillwatch/schema'
import type { DeletionReceipt } from '../deletions.ts'
import { asStorageUnavailable, StorageUnavailableError } from '../errors.ts'
import type { ProjectSettings } from '../projects.ts'
import type { RecordOutcome } from '../recording/record.ts'
import type { DeletionSelector } from '../sqlite/recording/deletion.ts'
import type { CommandName, GroupResult, WriterCommands, WriterPort } from './commands.ts'
import { deleteAll } from './delete-all.ts'
import { FileRewrites, REWRITE_QUIET_MS, REWRITE_WITHIN_MS } from './file-rewrites.ts'
import { type Part, RequestQueue } from './queue.ts'
import { type RepairReport, repairRollUps } from './repair-roll-ups.ts'
import { settledWithin } from './settled-within.ts'

export interface RecorderOptions {
  /** Most observations that may wait for their commit; more are refused with QueueFullError. */
  readonly queueItemsMax: number
  /** Most observations of one transaction. */
  readonly groupRowsMax?: number
  /** Least time between two commits of groups that are not full: what arrives meanwhile is committed together. */
  readonly groupDelayMs?: number
  /** Longest time that another write waits while the file is rewritten after a deletion. */
  readonly writeWaitMsMax?: number
  /** The file is rewritten after deletions when nothing was recorded for so long. */
  readonly rewriteQuietMs?: number
  /** At the latest so long after a deletion it is final. */
  readonly rewriteWithinMs?: number
  readonly now: () => number
  /** Called after each commit, for metrics. */
  readonly onCommit?: (commit: { items: number; durationMs: number; otherPhases: number }) => void
}

const PRUNE_EVERY_MS = 10 * 60_000
const PROBE_EVERY_MS = 1_000
/** Shorter than clients wait for an answer. */
const WRITE_WAIT_MS_MAX = 5_000

/** Commits observations in groups: one `fsync` serves many requests. Everything else that writes goes through it too. */
export class Recorder implements AsyncDisposable {
  readonly #port: WriterPort
  readonly #options: Required<Omit<RecorderOptions, 'onCommit'>> & Pick<RecorderOptions, 'onCommit'>
  readonly #queue: RequestQueue
  readonly #rewrites: FileRewrites
  readonly #pruneTimer: NodeJS.Timeout
  readonly #probeTimer: NodeJS.Timeout
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #commit: Promise<void> | undefined
  #isPaused = false
  #isClosed = false
  #hasCascades = false
  #committedAtMs = Number.NEGATIVE_INFINITY
  /** When the first of the queue may wait no longer. */
  #dueAtMs = Number.POSITIVE_INFINITY
  #lastError: StorageUnavailableError | undefined

  constructor(port: WriterPort, options: RecorderOptions) {
    this.#port = port
    this.#options = {
      groupRowsMax: 500,
      groupDelayMs: 5,
      writeWaitMsMax: WRITE_WAIT_MS_MAX,
      rewriteQuietMs: REWRITE_QUIET_MS,
      rewriteWithinMs: REWRITE_WITHIN_MS,
      ...options,
    }
    this.#queue = new RequestQueue(options.queueItemsMax)
    this.#rewrites = new FileRewrites({
      port,
      now: options.now,
      quietMs: this.#options.rewriteQuietMs,
      idleMs: () => (this.#queue.isEmpty ? performance.now() - this.#committedAtMs : 0),
      pause: () => this.#pause(),
      resume: () => this.#resume(),
    })
    this.#pruneTimer = setInterval(() => this.#maintain('prune', options.now()), PRUNE_EVERY_MS).unref()
    this.#probeTimer = setInterval(() => {
      if (this.#lastError !== undefined) this.#maintain('probe')
    }, PROBE_EVERY_MS).unref()
  }

  /** Takes up what the process before has left: deletions that are not final, traces that are half correlated. */
  async resumeWork(): Promise<void> {
    this.#rewrites.add(await this.#port.call('pendingDeletions'))
    this.#hasCascades = true
    this.#schedule()
  }

  /**
   * Stores observations and resolves after their commit (R2). A request larger than a group is committed in parts; when
   * a later part fails the request fails, and sending it again stores the rest only (R3). An item that cannot be stored
   * is `refused`; the request fails when that are all of its items.
   * @param options `waitMsMax` is how long the commit may be delayed, where nobody waits for it
   * @throws {QueueFullError} nothing was queued
   * @throws {StorageUnavailableError} the database refuses writes
   */
  async record(
    projectId: number,
    observations: readonly ParsedObservation[],
    { waitMsMax = 0 }: { waitMsMax?: number } = {},
  ): Promise<(RecordOutcome | 'refused')[]> {
    if (this.#isClosed) throw new Error('the recorder is closed')
    if (observations.length === 0) return []
    return new Promise((resolve, reject) => {
      this.#queue.add({ projectId, observations, outcomes: [], resolve, reject })
      this.#dueAtMs = Math.min(this.#dueAtMs, performance.now() + waitMsMax)
      this.#schedule()
    })
  }

  /** Resolves when everything that was queued before is committed or refused. */
  async flush(): Promise<void> {
    const waiting = this.#queue.lastRequest()
    this.#dueAtMs = Number.NEGATIVE_INFINITY
    this.#schedule()
    await waiting
    while (this.#hasCascades) await this.#continueCascades()
  }

  /**
   * Deletes for good what was recorded before, in bounded transactions between those of others. The receipt is `pending`
   * until the file was rewritten. What was deleted when it fails stays deleted.
   * @throws {StorageUnavailableError} the database refuses writes
   */
  async delete(projectId: number, selector: DeletionSelector): Promise<DeletionReceipt> {
    await this.flush()
    const { now, groupRowsMax, rewriteWithinMs } = this.#options
    const step = () => this.#call('deleteStep', projectId, selector, groupRowsMax, now())
    const receipt = await deleteAll(step, projectId, now(), rewriteWithinMs)
    await this.#call('saveDeletion', receipt)
    this.#rewrites.add([receipt])
    return receipt
  }

  /** Makes all deletions so far final now, instead of at a quiet moment. */
  finalise(): Promise<void> {
    return this.#rewrites.finalise()
  }

  /** Counts all roll-ups from the rows, in a thread of its own, and corrects those that differ, in bounded steps. */
  repair(): Promise<RepairReport> {
    return repairRollUps(this.#port.path, this.#options.now(), (corrections) =>
      this.#call('repair', corrections),
    )
  }

  recordApiRequests(projectId: number, requests: readonly ApiRequest[]): Promise<void> {
    return this.#call('recordApiRequests', projectId, requests)
  }

  recordAgentCalls(projectId: number, calls: readonly AgentCall[]): Promise<void> {
    return this.#call('saveAgentCalls', projectId, calls)
  }

  createApiKey(key: CreateApiKey): Promise<CreatedApiKey> {
    return this.#call('createApiKey', key, this.#options.now())
  }

  async revokeApiKey(apiKeyId: string): Promise<ApiKey | undefined> {
    return (await this.#call('revokeApiKey', apiKeyId, this.#options.now())) ?? undefined
  }

  async setStoreText(project: string, fields: readonly TextField[]): Promise<ProjectSettings | undefined> {
    return (await this.#call('setStoreText', project, fields)) ?? undefined
  }

  get queuedItems(): number {
    return this.#queue.items
  }

  get queueItemsMax(): number {
    return this.#queue.itemsMax
  }

  /** Set while the database refuses writes; a probe clears it when the cause is gone. */
  get lastError(): StorageUnavailableError | undefined {
    return this.#lastError
  }

  /** Commits what is queued and stops. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#pruneTimer)
    clearInterval(this.#probeTimer)
    await this.#rewrites.close()
    this.#unschedule()
    await this.#commit
    while (!this.#queue.isEmpty) await this.#commitGroup()
    await this.#port.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * A full group is committed as soon as the requests at hand are read, and so is the first request after a pause;
   * within `groupDelayMs` of the last commit a smaller group waits for more, as does one that is not due.
   */
  #schedule(): void {
    if (this.#commit !== undefined || this.#immediate !== undefined || this.#isPaused || this.#isClosed)
      return
    if (this.#queue.isEmpty && !this.#hasCascades) return
    const { groupRowsMax, groupDelayMs } = this.#options
    const isFull = this.#queue.items >= groupRowsMax || this.#queue.isEmpty
    const waitMs = isFull
      ? 0
      : Math.max(this.#committedAtMs + groupDelayMs, this.#dueAtMs) - performance.now()
    this.#unschedule()
    if (waitMs <= 0) this.#immediate = setImmediate(() => this.#flushGroup())
    else this.#timer = setTimeout(() => this.#flushGroup(), waitMs)
  }

  #unschedule(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#immediate = undefined
  }

  #flushGroup(): void {
    this.#unschedule()
    const work = this.#queue.isEmpty ? this.#continueCascades() : this.#commitGroup()
    this.#commit = work.finally(() => {
      this.#commit = undefined
      this.#dueAtMs = this.#queue.isEmpty ? Number.POSITIVE_INFINITY : this.#committedAtMs
      this.#schedule()
    })
  }

  async #commitGroup(): Promise<void> {
    const group = this.#queue.takeGroup(this.#options.groupRowsMax)
    const startedAtMs = performance.now()
    const jobs = group.map(({ projectId, observations }) => ({ projectId, observations }))
    try {
      this.#settle(group, await this.#port.call('record', jobs, this.#options.now()), startedAtMs)
      this.#lastError = undefined
    } catch (error) {
      const unavailable = asUnavailable(error)
      if (unavailable !== undefined) this.#lastError = unavailable
      for (const part of group) this.#queue.fail(part, unavailable ?? error)
    }
    this.#committedAtMs = performance.now()
  }

  #settle(
    group: readonly Part[],
    { outcomes, refusals, hasCascades, otherPhases }: GroupResult,
    startedAtMs: number,
  ) {
    const items = group.reduce((sum, part) => sum + part.observations.length, 0)
    this.#hasCascades = hasCascades
    this.#options.onCommit?.({ items, durationMs: performance.now() - startedAtMs, otherPhases })
    group.forEach((part, index) => {
      this.#queue.settle(part, outcomes[index]!, refusals[index])
    })
  }

  async #continueCascades(): Promise<void> {
    try {
      this.#hasCascades = await this.#port.call('continueCascades', this.#options.now())
    } catch (error) {
      this.#hasCascades = false
      this.#lastError = asUnavailable(error)
      if (this.#lastError === undefined) throw error
    }
  }

  /** A write that is no observation: at once, or when the file is rewritten. */
  async #call<C extends CommandName>(
    command: C,
    ...parameters: Parameters<WriterCommands[C]>
  ): Promise<Awaited<ReturnType<WriterCommands[C]>>> {
    const endMs = performance.now() + this.#options.writeWaitMsMax
    while (this.#isPaused && this.#rewrites.running !== undefined) {
      const waitMs = endMs - performance.now()
      if (waitMs <= 0) throw new StorageUnavailableError('REWRITING', undefined)
      await settledWithin(this.#rewrites.running, waitMs)
    }
    return this.#port.call(command, ...parameters)
  }

  /** Work of our own that waits for no one: whether it went well is remembered in `lastError`. */
  #maintain(command: 'prune' | 'probe', ...parameters: number[]): void {
    if (this.#isPaused) return
    const call = this.#port.call as (name: CommandName, ...all: number[]) => Promise<unknown>
    call(command, ...parameters).then(
      () => {
        this.#lastError = undefined
      },
      (error: unknown) => {
        this.#lastError = asUnavailable(error) ?? this.#lastError
      },
    )
  }

  async #pause(): Promise<void> {
    this.#isPaused = true
    this.#unschedule()
    await this.#commit
  }

  #resume(): void {
    this.#isPaused = false
    this.#schedule()
  }
}

function asUnavailable(error: unknown): StorageUnavailableError | undefined {
  return error instanceof StorageUnavailableError ? error : asStorageUnavailable(error)
}
