import { randomUUID } from 'node:crypto'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { ApiRequest, ParsedObservation } from '@skillwatch/schema'
import { asStorageUnavailable, QueueFullError, StorageUnavailableError } from '../errors.ts'
import { createRollUpWriter } from '../roll-ups/apply.ts'
import type { Writer } from '../sqlite/open.ts'
import { rewriteFile, truncateLog } from '../sqlite/rewrite.ts'
import { createRecordApiRequests } from './api-requests.ts'
import { createDelete, type DeletionSelector, type DeletionStep } from './delete.ts'
import { createRecord, type RecordJob, type RecordOutcome } from './record.ts'

export interface RecorderOptions {
  /** Most observations that may wait for their commit; more are refused with QueueFullError. */
  queueItemsMax: number
  /** Most observations of one transaction. */
  groupRowsMax?: number
  /** Least time between two commits of groups that are not full: what comes meanwhile goes together. */
  groupDelayMs?: number
  /** Longest time that another change waits while a deletion writes the file anew. */
  writeWaitMsMax?: number
  now: () => number
  /** Called after each commit, for metrics. */
  onCommit?: (commit: { items: number; durationMs: number }) => void
}

/** Commits observations in groups: one `fsync` serves many requests. */
export interface Recorder extends AsyncDisposable {
  /**
   * Stores observations and resolves after their commit (R2). A request larger than a group is committed in parts; when
   * a later part fails the request fails, and sending it again stores the rest only (R3).
   * @param options `waitMsMax` is how long the commit may wait for company, where nobody waits for it
   * @throws {QueueFullError} nothing was queued
   * @throws {StorageUnavailableError} the database refuses writes
   */
  record(
    projectId: number,
    observations: readonly ParsedObservation[],
    options?: { waitMsMax?: number },
  ): Promise<RecordOutcome[]>
  /**
   * Deletes for good, in bounded transactions between those of others, then writes the file anew, during which records
   * wait in the queue. What was deleted when it fails stays deleted.
   * @throws {StorageUnavailableError} the database refuses writes
   */
  delete(projectId: number, selector: DeletionSelector): Promise<DeletionReceipt>
  /**
   * Stores requests of agents to models.
   * @throws {StorageUnavailableError} the database refuses writes
   */
  recordApiRequests(projectId: number, requests: readonly ApiRequest[]): Promise<void>
  /**
   * Makes a change of another kind, such as a key: at once, or when the deletion that writes the file anew is done with it.
   * @throws {StorageUnavailableError} the database refuses writes, or it took too long
   */
  write<T>(change: () => T): Promise<T>
  readonly queuedItems: number
  readonly queueItemsMax: number
  /** Set while the database refuses writes; a probe clears it when the cause is gone. */
  readonly lastError: StorageUnavailableError | undefined
  /** Commits what is queued and stops. */
  close(): Promise<void>
}

/** What a deletion removed. The offsets are those of its first and last `delete` change. */
export interface DeletionReceipt {
  receipt_id: string
  deleted_at_ms: number
  invocations: number
  uncorrelated_observations: number
  api_requests: number
  first_offset: number | null
  last_offset: number | null
}

/** A request in the queue; `outcomes` holds what was committed of it so far. */
interface Pending {
  readonly projectId: number
  readonly observations: readonly ParsedObservation[]
  readonly outcomes: RecordOutcome[]
  readonly resolve: (outcomes: RecordOutcome[]) => void
  readonly reject: (error: unknown) => void
}

const PRUNE_EVERY_MS = 10 * 60_000
const PROBE_EVERY_MS = 1_000
/** Shorter than clients wait for an answer: a file of a gigabyte is written anew in that time. */
const WRITE_WAIT_MS_MAX = 5_000

export function createRecorder(writer: Writer, options: RecorderOptions): Recorder {
  const { queueItemsMax, groupRowsMax = 500, groupDelayMs = 5, now, onCommit } = options
  const { writeWaitMsMax = WRITE_WAIT_MS_MAX } = options
  const record = createRecord(writer)
  const rollUps = createRollUpWriter(writer)
  const deleteStep = createDelete(writer)
  const storeApiRequests = createRecordApiRequests(writer)
  const queue: Pending[] = []
  let queuedItems = 0
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  let lastError: StorageUnavailableError | undefined
  let committedAtMs = Number.NEGATIVE_INFINITY
  /** When the first of the queue may wait no longer. */
  let dueAtMs = Number.POSITIVE_INFINITY
  let closed = false
  /** While the file is written anew nothing else may write: requests wait in the queue. */
  let rewriting: Promise<void> | undefined
  let deletions: Promise<unknown> = Promise.resolve()

  const probe = writer.sqlite.prepare(
    'update stream set last_offset = last_offset where project_id = (select min(project_id) from stream)',
  )
  const pruneTimer = setInterval(() => {
    if (rewriting === undefined) attempt(() => rollUps.prune(now()))
  }, PRUNE_EVERY_MS).unref()
  const probeTimer = setInterval(() => {
    if (lastError !== undefined && rewriting === undefined) attempt(() => probe.run())
  }, PROBE_EVERY_MS).unref()

  /** Runs a write of our own; whether it works is remembered in `lastError`, anything unexpected rises. */
  function attempt(write: () => void): void {
    try {
      write()
      lastError = undefined
    } catch (error) {
      lastError = asStorageUnavailable(error)
      if (lastError === undefined) throw error
    }
  }

  /**
   * A full group is committed as soon as the requests at hand are read, and so is the first request after a pause;
   * within `groupDelayMs` of the last commit a smaller group waits for company, as does one that is not due.
   */
  function schedule(): void {
    if (queue.length === 0 || immediate !== undefined || rewriting !== undefined) return
    const isFull = queuedItems >= groupRowsMax
    const waitMs = isFull ? 0 : Math.max(committedAtMs + groupDelayMs, dueAtMs) - performance.now()
    unschedule()
    if (waitMs <= 0) immediate = setImmediate(flush)
    else timer = setTimeout(flush, waitMs)
  }

  function unschedule(): void {
    clearTimeout(timer)
    clearImmediate(immediate)
    timer = undefined
    immediate = undefined
  }

  function flush(): void {
    unschedule()
    const group = takeGroup(queue, groupRowsMax)
    if (group.length > 0) commit(group)
    committedAtMs = performance.now()
    dueAtMs = queue.length > 0 ? committedAtMs : Number.POSITIVE_INFINITY
    schedule()
  }

  function commit(group: readonly Part[]): void {
    const startedAt = performance.now()
    try {
      const outcomes = record(group, now())
      lastError = undefined
      group.forEach(({ pending }, index) => {
        pending.outcomes.push(...outcomes[index]!)
      })
    } catch (error) {
      fail(group, error)
      return
    }
    const items = group.reduce((sum, part) => sum + part.observations.length, 0)
    queuedItems -= items
    onCommit?.({ items, durationMs: performance.now() - startedAt })
    for (const { pending } of group)
      if (pending.outcomes.length === pending.observations.length)
        finish(pending, () => pending.resolve(pending.outcomes))
  }

  /** A refusing database fails the whole group; anything else must be one request's doing, so each is tried alone. */
  function fail(group: readonly Part[], error: unknown): void {
    const unavailable = asStorageUnavailable(error)
    if (unavailable !== undefined) lastError = unavailable
    if (unavailable === undefined && group.length > 1) {
      for (const part of group) commit([part])
      return
    }
    for (const { pending } of group) {
      queuedItems -= pending.observations.length - pending.outcomes.length
      finish(pending, () => pending.reject(unavailable ?? error))
    }
  }

  function finish(pending: Pending, settle: () => void): void {
    const index = queue.indexOf(pending)
    if (index !== -1) queue.splice(index, 1)
    settle()
  }

  async function deleteAll(projectId: number, selector: DeletionSelector): Promise<DeletionReceipt> {
    const receipt: DeletionReceipt = {
      receipt_id: randomUUID(),
      deleted_at_ms: now(),
      invocations: 0,
      uncorrelated_observations: 0,
      api_requests: 0,
      first_offset: null,
      last_offset: null,
    }
    for (let step = deleteSome(projectId, selector); ; step = deleteSome(projectId, selector)) {
      receipt.invocations += step.invocations
      receipt.uncorrelated_observations += step.uncorrelated_observations
      receipt.api_requests += step.api_requests
      receipt.first_offset ??= step.offsets?.first ?? null
      receipt.last_offset = step.offsets?.last ?? receipt.last_offset
      if (step.isLast) break
      await nextTurn()
    }
    await rewrite()
    await truncateLog(writer)
    return receipt
  }

  /** One after the other, as each ends with writing the file anew. */
  function deleteInTurn(projectId: number, selector: DeletionSelector): Promise<DeletionReceipt> {
    const deletion = deletions.then(() => deleteAll(projectId, selector))
    deletions = deletion.catch(() => undefined)
    return deletion
  }

  async function rewrite(): Promise<void> {
    unschedule()
    rewriting = rewriteFile(writer)
    try {
      await rewriting
    } finally {
      rewriting = undefined
      if (!closed) schedule()
    }
  }

  async function write<T>(change: () => T): Promise<T> {
    const endMs = performance.now() + writeWaitMsMax
    while (rewriting !== undefined) {
      const waitMs = endMs - performance.now()
      if (waitMs <= 0) throw new StorageUnavailableError('REWRITING', undefined)
      await settledWithin(rewriting, waitMs)
    }
    return orUnavailable(change)
  }

  function deleteSome(projectId: number, selector: DeletionSelector): DeletionStep {
    return orUnavailable(() => deleteStep(projectId, selector, groupRowsMax, now()))
  }

  async function close(): Promise<void> {
    closed = true
    clearInterval(pruneTimer)
    clearInterval(probeTimer)
    unschedule()
    await rewriting?.catch(() => undefined)
    for (
      let group = takeGroup(queue, groupRowsMax);
      group.length > 0;
      group = takeGroup(queue, groupRowsMax)
    )
      commit(group)
  }

  return {
    record(projectId, observations, { waitMsMax = 0 } = {}) {
      if (closed) return Promise.reject(new Error('the recorder is closed'))
      if (observations.length === 0) return Promise.resolve([])
      if (queuedItems + observations.length > queueItemsMax)
        return Promise.reject(new QueueFullError(queuedItems, queueItemsMax))
      return new Promise((resolve, reject) => {
        queue.push({ projectId, observations, outcomes: [], resolve, reject })
        queuedItems += observations.length
        dueAtMs = Math.min(dueAtMs, performance.now() + waitMsMax)
        schedule()
      })
    },
    delete: deleteInTurn,
    recordApiRequests: (projectId, requests) => write(() => storeApiRequests(projectId, requests)),
    write,
    get queuedItems() {
      return queuedItems
    },
    queueItemsMax,
    get lastError() {
      return lastError
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function orUnavailable<T>(write: () => T): T {
  try {
    return write()
  } catch (error) {
    throw asStorageUnavailable(error) ?? error
  }
}

/** Waits until the work has ended, however, or the time is over. */
async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  const timer = new AbortController()
  const ended = work.catch(() => undefined).finally(() => timer.abort())
  await Promise.race([ended, delay(ms, undefined, { signal: timer.signal }).catch(() => undefined)])
}

/** The part of a request that goes into one group. */
interface Part extends RecordJob {
  readonly pending: Pending
}

/** The next observations of the queue, in order, as many as one group holds; the last request may be taken in part. */
function takeGroup(queue: readonly Pending[], rowsMax: number): Part[] {
  const group: Part[] = []
  let room = rowsMax
  for (const pending of queue) {
    if (room === 0) break
    const done = pending.outcomes.length
    const observations =
      done === 0 && pending.observations.length <= room
        ? pending.observations
        : pending.observations.slice(done, done + room)
    group.push({ projectId: pending.projectId, observations, pending })
    room -= observations.length
  }
  return group
}
