import { type ReplaySummary, replaySpool } from '@skillwatch/client/spool'
import type { Recorder } from '@skillwatch/db'
import {
  parseObservation,
  parsePrompt,
  parseSessionEnd,
  type RejectedItem,
  redactShapes,
} from '@skillwatch/schema'
import { isObject } from '@skillwatch/schema/claude-code'
import type { FastifyBaseLogger } from 'fastify'
import { CANNOT_BE_STORED, type ParseItem, parseItems } from '../items.ts'
import type { HookMetrics } from './metrics.ts'

export interface DrainOptions {
  /**
   * Where hooks and commands of this machine leave observations, prompts and ends of sessions, one JSON
   * line each.
   */
  readonly folder: string
  readonly projectId: number
  readonly recorder: Pick<Recorder, 'record'>
  readonly metrics: HookMetrics
  readonly logger: Pick<FastifyBaseLogger, 'info' | 'warn'>
  readonly now: () => number
  readonly everyMs?: number
}

const EVERY_MS = 2_000
/** Most rejected lines in one log line. */
const LOGGED_MAX = 5

/**
 * Stores the lines that short-lived processes write to the spool. Storing a line twice changes nothing (R3).
 */
export class SpoolDrain implements AsyncDisposable {
  readonly #options: DrainOptions
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #isFailing = false

  constructor(options: DrainOptions) {
    this.#options = options
  }

  /** Reads the folder now and then every few seconds, until it is disposed. */
  start(): void {
    this.#running = this.#drain()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#timer)
    await this.#running
    clearTimeout(this.#timer)
  }

  async #drain(): Promise<void> {
    const { folder, logger, now, everyMs = EVERY_MS } = this.#options
    try {
      const store = (lines: string[]) => this.#store(lines)
      this.#report(await replaySpool(folder, store, { now, signal: this.#stop.signal }))
      this.#isFailing = false
    } catch (error) {
      if (this.#stop.signal.aborted) return
      // The remaining lines stay in the folder, and the next run tries them again.
      if (!this.#isFailing)
        logger.warn({ err: error, folder }, 'the spool cannot be read or stored now; trying again')
      this.#isFailing = true
    }
    this.#timer = setTimeout(() => this.start(), everyMs).unref()
  }

  async #store(lines: readonly string[]): Promise<void> {
    const { projectId, recorder, metrics, now } = this.#options
    const items = lines.map((line) => ({ value: JSON.parse(line) as unknown }))
    const { observations, indexes, rejected } = parseItems(items, now(), parseLine)
    const outcomes = await recorder.record(projectId, observations)
    const duplicates = outcomes.filter((outcome) => outcome === 'duplicate').length
    const refused = outcomes
      .flatMap((outcome, position) => (outcome === 'refused' ? indexes[position]! : []))
      .map((index) => ({ index, pointer: '', reason: CANNOT_BE_STORED }))
    metrics.countSpooled('accepted', outcomes.length - duplicates - refused.length)
    metrics.countSpooled('duplicate', duplicates)
    if (rejected.length + refused.length > 0) this.#reportRejected([...rejected, ...refused])
  }

  #reportRejected(rejected: readonly RejectedItem[]): void {
    const { metrics, logger } = this.#options
    metrics.countSpooled('rejected', rejected.length)
    const logged = rejected
      .slice(0, LOGGED_MAX)
      .map(({ pointer, reason }) => ({ pointer: redactShapes(pointer), reason }))
    logger.warn({ rejected: logged }, `${rejected.length} lines of the spool are not observations; removed`)
  }

  #report({ lines, skippedLines, droppedLines }: ReplaySummary): void {
    const { folder, metrics, logger } = this.#options
    metrics.countSpooled('unreadable', skippedLines)
    metrics.countSpooled('dropped', droppedLines)
    if (lines > 0) logger.info({ lines, folder }, 'stored the lines of the spool')
    if (droppedLines > 0) logger.warn({ droppedLines, folder }, 'the spool was full and dropped lines')
  }
}

/** A line contains an observation, or under its name a prompt or the end of a session. */
const parseLine: ParseItem = (value, nowMs, createId) => {
  if (isObject(value) && value.session_end !== undefined) return parseSessionEnd(value.session_end, nowMs)
  if (isObject(value) && value.prompt !== undefined) return parsePrompt(value.prompt, nowMs)
  return parseObservation(value, nowMs, createId)
}
