import { type LinesSetAside, type ReplaySummary, replaySpool } from '@skillwatch/client/spool/replay'
import { type Recorder, redactLine } from '@skillwatch/db'
import {
  type ParsedObservation,
  parseObservation,
  parsePrompt,
  parseSessionEnd,
  type RejectedItem,
  redactShapes,
} from '@skillwatch/schema'
import { isObject } from '@skillwatch/schema/claude-code'
import type { FastifyBaseLogger } from 'fastify'
import { CANNOT_BE_STORED, type ParseItem, parseItems } from '../items.ts'
import { canPass } from './can-pass.ts'
import type { HookMetrics } from './metrics.ts'

export interface DrainOptions {
  /**
   * Where hooks and commands of this machine leave observations, prompts and ends of sessions, one
   * JSON line each.
   * Called before each run.
   */
  readonly folders: () => readonly string[]
  readonly projectId: number
  readonly recorder: Pick<Recorder, 'record'>
  readonly metrics: HookMetrics
  readonly logger: Pick<FastifyBaseLogger, 'info' | 'warn'>
  readonly now: () => number
  readonly everyMs?: number
}

const EVERY_MS = 2_000
/** Most rejected lines whose reasons are in one log line. */
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
  /** Why lines of the current segment were rejected, the first few of them. */
  #reasons: Pick<RejectedItem, 'pointer' | 'reason'>[] = []

  constructor(options: DrainOptions) {
    this.#options = options
  }

  /** Reads the folders now and then every few seconds, until it is disposed. */
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
    const { folders, logger, everyMs = EVERY_MS } = this.#options
    try {
      for (const folder of folders()) await this.#replay(folder)
      this.#isFailing = false
    } catch (error) {
      if (this.#stop.signal.aborted) return
      // The remaining lines stay in the folder, and the next run tries them again.
      if (!this.#isFailing)
        logger.warn({ err: error }, 'the spool cannot be read or stored now; trying again')
      this.#isFailing = true
    }
    this.#timer = setTimeout(() => this.start(), everyMs).unref()
  }

  async #replay(folder: string): Promise<void> {
    this.#reasons = []
    const summary = await replaySpool(folder, (lines) => this.#store(lines), {
      now: this.#options.now,
      signal: this.#stop.signal,
      onSetAside: (aside) => this.#reportSetAside(aside),
      redact: redactLine,
    })
    this.#report(folder, summary)
  }

  /** @returns the lines that can never be stored */
  async #store(lines: readonly string[]): Promise<string[]> {
    const { metrics, now } = this.#options
    const items = lines.map((line) => ({ value: JSON.parse(line) as unknown }))
    const { observations, indexes, rejected } = parseItems(items, now(), parseLine)
    const outcomes = await this.#record(observations)
    const duplicates = outcomes.filter((outcome) => outcome === 'duplicate').length
    const refused = outcomes
      .flatMap((outcome, position) => (outcome === 'refused' ? indexes[position]! : []))
      .map((index) => ({ index, pointer: '', reason: CANNOT_BE_STORED }))
    metrics.countSpooled('accepted', outcomes.length - duplicates - refused.length)
    metrics.countSpooled('duplicate', duplicates)
    const unstorable = [...rejected, ...refused]
    this.#reasons.push(...unstorable.slice(0, LOGGED_MAX - this.#reasons.length))
    return unstorable.map(({ index }) => lines[index]!)
  }

  /** @throws what can pass; when the recorder refuses all for another reason, each is `refused` */
  async #record(observations: readonly ParsedObservation[]) {
    const { projectId, recorder, logger } = this.#options
    try {
      return await recorder.record(projectId, observations)
    } catch (error) {
      if (canPass(error)) throw error
      logger.warn({ err: error }, 'lines of the spool cannot be stored')
      return observations.map(() => 'refused' as const)
    }
  }

  #reportSetAside({ reason, path, lines, lost }: LinesSetAside): void {
    const { metrics, logger } = this.#options
    metrics.countSpooled(reason, lines - lost)
    metrics.countSpooled('dropped', lost)
    if (lost > 0) logger.warn({ path, lost }, 'the file of lines that were set aside is full; dropped lines')
    if (reason === 'unreadable')
      logger.warn({ path, lines }, 'set aside lines of the spool that are not JSON')
    else {
      const rejected = this.#reasons.map((item) => ({
        pointer: redactShapes(item.pointer),
        reason: item.reason,
      }))
      logger.warn({ path, lines, rejected }, 'set aside lines of the spool that are not observations')
      this.#reasons = []
    }
  }

  #report(folder: string, { lines, droppedLines }: ReplaySummary): void {
    const { metrics, logger } = this.#options
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
