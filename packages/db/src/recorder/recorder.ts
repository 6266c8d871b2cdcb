import type {
  AgentCall,
  ApiKey,
  ApiRequest,
  ChangeProject,
  CreateApiKey,
  CreatedApiKey,
  FindingsReply,
  ParsedObservation,
  ParsedReport,
  ParsedSkillScan,
  SkillScanReply,
} from '@skillwatch/schema'
import type { DeletionReceipt } from '../deletions.ts'
import { StorageUnavailableError, WriterEndedError } from '../errors.ts'
import type { ProjectSettings } from '../projects.ts'
import type { RecordOutcome } from '../recording/record.ts'
import type { ApiRequestOutcome } from '../sqlite/recording/api-requests.ts'
import type { DeletionSelector } from '../sqlite/recording/selector.ts'
import type { TaxonomyChange, TaxonomyOutcome } from '../sqlite/taxonomy/changes.ts'
import type { CommandName, WriterCommands, WriterPort } from './commands.ts'
import { deleteAll } from './delete-all.ts'
import { ExperimentWrites } from './experiment-writes.ts'
import { FileRewrites } from './file-rewrites.ts'
import { asUnavailable, GroupCommits } from './group-commits.ts'
import { maintain } from './maintain.ts'
import { DEFAULTS, type RecorderOptions } from './recorder-options.ts'
import { type RepairReport, repairRollUps } from './repair-roll-ups.ts'
import { settledWithin } from './settled-within.ts'
import { TurnSteps } from './turn-steps.ts'

const PRUNE_EVERY_MS = 10 * 60_000
const PROBE_EVERY_MS = 1_000

/**
 * Commits observations in groups: one `fsync` serves many requests. Everything else that writes goes through
 * it too.
 */
export class Recorder implements AsyncDisposable {
  readonly experiments: ExperimentWrites
  readonly #port: WriterPort
  readonly #options: Required<Omit<RecorderOptions, 'onCommit' | 'onTurnError'>>
  readonly #groups: GroupCommits
  readonly #rewrites: FileRewrites
  readonly #turns: TurnSteps
  readonly #timers: readonly NodeJS.Timeout[]
  #isClosed = false

  constructor(port: WriterPort, { onCommit, onTurnError, ...options }: RecorderOptions) {
    this.#port = port
    this.#options = { ...DEFAULTS, ...options }
    this.experiments = new ExperimentWrites((...command) => this.#call(...command), options.now)
    this.#groups = new GroupCommits(port, {
      ...this.#options,
      onCommit: (commit) => {
        this.#turns.mark()
        onCommit?.(commit)
      },
    })
    this.#turns = new TurnSteps({
      port,
      delayMs: this.#options.turnDelayMs,
      isBusy: () => !this.#groups.queue.isEmpty,
      onError: (error) => {
        this.#groups.lastError = asUnavailable(error) ?? this.#groups.lastError
        onTurnError?.(error)
      },
    })
    this.#rewrites = new FileRewrites({
      port,
      now: options.now,
      quietMs: this.#options.rewriteQuietMs,
      idleMs: () => this.#groups.idleMs(),
      pause: async () => {
        // What is left to be derived names what was deleted.
        await this.#turns.finish()
        await Promise.all([this.#groups.pause(), this.#turns.pause()])
      },
      resume: () => {
        this.#groups.resume()
        this.#turns.resume()
      },
    })
    this.#timers = [
      setInterval(() => maintain(port, this.#groups, 'prune', options.now()), PRUNE_EVERY_MS).unref(),
      setInterval(() => this.lastError && maintain(port, this.#groups, 'probe'), PROBE_EVERY_MS).unref(),
    ]
  }

  /**
   * Takes up what the process before has left: deletions that are not final, traces that are half
   * correlated.
   */
  async resumeWork(): Promise<void> {
    this.#rewrites.add(await this.#port.call('pendingDeletions'))
    this.#groups.resumeCascades()
    this.#turns.mark()
  }

  /**
   * Stores observations and resolves after their commit (R2). A request larger than a group is committed in
   * parts; when a later part fails the request fails, and sending it again stores the rest only (R3). An
   * item that cannot be stored is `refused`; the request fails when that are all of its items.
   * @param options `waitMsMax` is how long the commit may be delayed, where nobody waits for it
   * @throws {QueueFullError} nothing was queued
   * @throws {StorageUnavailableError} the database refuses writes
   * @throws {WriterEndedError} it is not known whether it was stored
   */
  async record(
    projectId: number,
    observations: readonly ParsedObservation[],
    { waitMsMax = 0 }: { waitMsMax?: number } = {},
  ): Promise<(RecordOutcome | 'refused')[]> {
    if (this.#isClosed) throw new WriterEndedError('the recorder is closed')
    return observations.length === 0 ? [] : this.#groups.add(projectId, observations, waitMsMax)
  }

  /** Resolves when everything that was queued before is committed or refused. */
  flush(): Promise<void> {
    return this.#groups.flush()
  }

  /** Derives turns and uses from everything that was queued before, now instead of soon. */
  async deriveTurns(): Promise<void> {
    await this.flush()
    await this.#turns.finish()
  }

  /**
   * Deletes for good what was recorded before, in bounded transactions between those of others. The receipt
   * is `pending` until the file was rewritten. What was deleted when it fails stays deleted.
   * @throws {StorageUnavailableError} the database refuses writes
   */
  async delete(projectId: number, selector: DeletionSelector): Promise<DeletionReceipt> {
    await this.flush()
    const { now, groupRowsMax, rewriteWithinMs } = this.#options
    const writes = {
      step: () => this.#call('deleteStep', projectId, selector, groupRowsMax, now()),
      save: async (receipt: DeletionReceipt) => {
        await this.#call('saveDeletion', receipt)
        this.#rewrites.add([receipt])
      },
    }
    return await deleteAll(writes, projectId, now(), rewriteWithinMs)
  }

  /** Makes all deletions so far final now, instead of at a quiet moment. */
  finalise(): Promise<void> {
    return this.#rewrites.finalise()
  }

  /**
   * Counts all roll-ups from the rows and derives all turns, in a thread of its own, and corrects those that
   * differ, in bounded steps.
   */
  repair(): Promise<RepairReport> {
    return repairRollUps(this.#port.path, this.#options.now(), {
      correct: (corrections) => this.#call('repair', corrections),
      markTurns: async (turns) => {
        await this.#call('markTurns', turns)
        this.#turns.mark()
      },
    })
  }

  async recordApiRequests(projectId: number, requests: readonly ApiRequest[]): Promise<ApiRequestOutcome[]> {
    const outcomes = await this.#call('recordApiRequests', projectId, requests, this.#options.now())
    this.#turns.mark()
    return outcomes
  }

  /** Replaces what is stored of the window or unit of a report. */
  recordFindings(projectId: number, report: ParsedReport): Promise<FindingsReply> {
    return this.#call('saveReport', projectId, report, this.#options.now())
  }

  /** Makes the stored files of a machine equal to those that a scan has found. */
  recordScan(projectId: number, scan: ParsedSkillScan): Promise<SkillScanReply> {
    return this.#call('saveScan', projectId, scan, this.#options.now())
  }

  changeTaxonomy(projectId: number, change: TaxonomyChange): Promise<TaxonomyOutcome> {
    return this.#call('changeTaxonomy', projectId, change, this.#options.now())
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

  /** The project of this name, made when it is missing. */
  ensureProject(project: string): Promise<ProjectSettings> {
    return this.#call('ensureProject', project, this.#options.now())
  }

  async changeProject(project: string, change: ChangeProject): Promise<ProjectSettings | undefined> {
    return (await this.#call('changeProject', project, change)) ?? undefined
  }

  get queuedItems(): number {
    return this.#groups.queue.items
  }

  get queueItemsMax(): number {
    return this.#groups.queue.itemsMax
  }

  /** Set while the database refuses writes; a probe clears it when the cause is gone. */
  get lastError(): StorageUnavailableError | undefined {
    return this.#groups.lastError
  }

  /** Commits what is queued and stops. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const timer of this.#timers) clearInterval(timer)
    await this.#rewrites.close()
    await this.#turns.pause()
    await this.#groups.drain()
    await this.#port.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** A write that is no observation: at once, or when the file is rewritten. */
  async #call<C extends CommandName>(
    command: C,
    ...parameters: Parameters<WriterCommands[C]>
  ): Promise<Awaited<ReturnType<WriterCommands[C]>>> {
    const endMs = performance.now() + this.#options.writeWaitMsMax
    while (this.#groups.isPaused && this.#rewrites.running !== undefined) {
      const waitMs = endMs - performance.now()
      if (waitMs <= 0) throw new StorageUnavailableError('REWRITING', undefined)
      await settledWithin(this.#rewrites.running, waitMs)
    }
    return this.#port.call(command, ...parameters)
  }
}
