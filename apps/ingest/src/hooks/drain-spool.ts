import { type ReplaySummary, replaySpool } from '@skillwatch/client/spool'
import { redactShapes } from '@skillwatch/schema'
import type { FastifyBaseLogger } from 'fastify'
import { parseItems } from '../parse-items.ts'
import type { IngestRecorder } from '../recorder.ts'
import type { HookMetrics } from './metrics.ts'

export interface DrainOptions {
  /** Where hooks and commands of this machine leave observations, one JSON line each. */
  readonly folder: string
  readonly projectId: number
  readonly recorder: Pick<IngestRecorder, 'record'>
  readonly metrics: HookMetrics
  readonly logger: Pick<FastifyBaseLogger, 'info' | 'warn'>
  readonly now: () => number
  readonly everyMs?: number
}

export interface SpoolDrain extends AsyncDisposable {
  /** Looks into the folder now and then every few seconds, until it is disposed. */
  start(): void
}

const EVERY_MS = 2_000

/**
 * Stores what short-lived processes have spooled. A line may come twice; storing it again changes nothing
 * (R3).
 */
export function createSpoolDrain(options: DrainOptions): SpoolDrain {
  const { folder, projectId, recorder, metrics, logger, now, everyMs = EVERY_MS } = options
  const stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isFailing = false

  async function send(lines: string[]): Promise<void> {
    const { observations, rejected } = parseItems(
      lines.map((line) => ({ value: JSON.parse(line) as unknown })),
      now(),
    )
    const outcomes = await recorder.record(projectId, observations)
    const duplicates = outcomes.filter((outcome) => outcome === 'duplicate').length
    metrics.countSpooled('accepted', outcomes.length - duplicates)
    metrics.countSpooled('duplicate', duplicates)
    if (rejected.length === 0) return
    metrics.countSpooled('rejected', rejected.length)
    const told = rejected
      .slice(0, 5)
      .map(({ pointer, reason }) => ({ pointer: redactShapes(pointer), reason }))
    logger.warn(
      { rejected: told },
      `${rejected.length} lines of the spool are no observations and are left out`,
    )
  }

  async function drain(): Promise<void> {
    try {
      tell(await replaySpool(folder, send, { signal: stop.signal }))
      isFailing = false
    } catch (error) {
      if (stop.signal.aborted) return
      // What is left stays in the folder; the next look tries again.
      if (!isFailing)
        logger.warn({ err: error, folder }, 'the spool cannot be read or stored now; trying again')
      isFailing = true
    }
    timer = setTimeout(look, everyMs).unref()
  }

  function tell({ lines, skippedLines, droppedLines }: ReplaySummary): void {
    metrics.countSpooled('unreadable', skippedLines)
    metrics.countSpooled('dropped', droppedLines)
    if (lines > 0) logger.info({ lines, folder }, 'stored what was spooled')
    if (droppedLines > 0) logger.warn({ droppedLines, folder }, 'the spool was full and dropped lines')
  }

  function look(): void {
    running = drain()
  }

  return {
    start: look,
    async [Symbol.asyncDispose]() {
      stop.abort()
      clearTimeout(timer)
      await running
      clearTimeout(timer)
    },
  }
}
