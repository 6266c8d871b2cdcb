import type { Recorder } from '@skillwatch/db'
import type { FastifyBaseLogger } from 'fastify'
import type { IngestLimits } from '../config.ts'
import { CANNOT_BE_STORED } from '../items.ts'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'
import { createStorageLog, type StorageLog } from '../storage-log.ts'
import type { Rejection, TranslatedObservation, Translation } from './translate.ts'

export interface RecordTranslationDeps {
  recorder: Pick<Recorder, 'record' | 'recordApiRequests'>
  metrics: IngestMetrics
  limits: IngestLimits
  logger: Pick<FastifyBaseLogger, 'error' | 'info'>
}

/**
 * Stores translations in groups, because one may hold more than fits into the queue. When a group is
 * refused, the groups before it are stored already; the sender sends all of them again, which changes
 * nothing (R3).
 */
export class TranslationRecorder {
  readonly #deps: RecordTranslationDeps
  readonly #storageLog: StorageLog

  constructor(deps: RecordTranslationDeps) {
    this.#deps = deps
    this.#storageLog = createStorageLog(deps.logger)
  }

  /**
   * Adds to the rejections of the translation those that the recorder refused.
   *
   * @returns the names of observations that are stored, but wait for others to complete their call
   * @throws {ProblemError} the queue is full, or the database refuses writes
   */
  async record(
    projectId: number,
    { observations, contexts, apiRequests, prompts, rejected }: Translation,
  ): Promise<string[]> {
    const { recorder, limits, metrics } = this.#deps
    const waiting: string[] = []
    try {
      for (const group of groupsOf([...observations, ...contexts], limits.batchItemsMax))
        waiting.push(...(await this.#recordGroup(projectId, group, rejected)))
      for (const group of groupsOf(prompts, limits.batchItemsMax)) await recorder.record(projectId, group)
      for (const group of groupsOf(apiRequests, limits.batchItemsMax))
        await recorder.recordApiRequests(projectId, group)
      return waiting
    } catch (error) {
      this.#storageLog.failed(error)
      throw toRefusal(error, metrics)
    }
  }

  async #recordGroup(
    projectId: number,
    group: readonly TranslatedObservation[],
    rejected: Rejection[],
  ): Promise<string[]> {
    const { recorder, metrics } = this.#deps
    const observations = group.map(({ observation }) => observation)
    const outcomes = await recorder.record(projectId, observations)
    const ofCalls = outcomes.filter((_, index) => observations[index]!.span?.role !== 'context')
    for (const result of ['accepted', 'duplicate'] as const)
      metrics.countObservations(result, ofCalls.filter((outcome) => outcome === result).length)
    this.#storageLog.worked()
    const refused = group.filter((_, index) => outcomes[index] === 'refused')
    rejected.push(...refused.map(({ index }) => ({ index, count: 1, reason: CANNOT_BE_STORED })))
    return group.filter((_, index) => outcomes[index] === 'waiting').map(({ waitingName }) => waitingName)
  }
}

function groupsOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, group) => items.slice(group * size, (group + 1) * size))
}
