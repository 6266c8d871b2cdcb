import { ProblemError, problemOf, type Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import type { IngestLimits } from '../config.ts'
import type { IngestMetrics } from '../metrics.ts'
import type { IngestRecorder } from '../recorder.ts'
import { toRefusal } from '../refuse.ts'
import { takeGzip } from '../routes/take-gzip.ts'
import { createStorageLog } from '../storage-log.ts'
import { decodeRequest, sendResponse, sendStatus } from './encoding.ts'
import type { OtlpMetrics } from './metrics.ts'
import type { OtlpCodec } from './protobuf.ts'
import { schemaOf } from './route-schema.ts'
import { SIGNALS, type Signal } from './signals.ts'
import { type Translation, translate } from './translate.ts'

export interface OtlpRouteDeps {
  recorder: Pick<IngestRecorder, 'record' | 'recordApiRequests'>
  metrics: IngestMetrics
  otlpMetrics: OtlpMetrics
  codec: OtlpCodec
  limits: IngestLimits
  logger: Pick<FastifyBaseLogger, 'error' | 'info'>
  now: () => number
}

/** `POST /v1/traces`, `/v1/logs` and `/v1/metrics` as OTLP/HTTP 1.10 has them. Answers after the commit (R2). */
export function otlpRoutes(deps: OtlpRouteDeps) {
  const { codec, now, otlpMetrics } = deps
  const record = recordInGroups(deps)
  return async (app: Service): Promise<void> => {
    await takeGzip(app)
    app.removeAllContentTypeParsers()
    const asBuffer = { parseAs: 'buffer' } as const
    const types = ['application/json', 'application/x-protobuf']
    app.addContentTypeParser(types, asBuffer, async (_request: unknown, body: Buffer) => body)
    app.setErrorHandler((error, request, reply) =>
      sendStatus(problemOf(error, request), codec, request, reply),
    )
    for (const signal of Object.keys(SIGNALS) as Signal[]) {
      const options = { config: { scope: 'ingest' as const }, schema: schemaOf(signal) }
      app.post(
        SIGNALS[signal].path,
        { ...options, validatorCompiler: () => () => true },
        async (request, reply) => {
          const contentType = request.headers['content-type']
          if (contentType === undefined)
            throw new ProblemError('unsupported-media-type', 'Content-Type is missing')
          const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
          const translation = translate(signal, decodeRequest(signal, contentType, body, codec), now())
          const waiting = await record(request.project.project_id, translation)
          count(signal, translation, waiting, otlpMetrics)
          return sendResponse({ signal, rejected: translation.rejected, codec }, request, reply)
        },
      )
    }
  }
}

/**
 * A request may hold more than fits into the queue; sent again after a refusal, what is stored already changes nothing (R3).
 * @returns names of what is stored but waits for others to tell of its call
 */
function recordInGroups({ recorder, limits, logger, metrics }: OtlpRouteDeps) {
  const storageLog = createStorageLog(logger)
  return async (
    projectId: number,
    { observations, around, apiRequests }: Translation,
  ): Promise<string[]> => {
    const waiting: string[] = []
    try {
      for (const group of groupsOf([...observations, ...around], limits.batchItemsMax)) {
        const outcomes = await recorder.record(
          projectId,
          group.map(({ observation }) => observation),
        )
        const ofCalls = outcomes.filter(
          (_outcome, index) => group[index]!.observation.span?.role !== 'context',
        )
        metrics.countObservations('accepted', ofCalls.filter((outcome) => outcome === 'accepted').length)
        metrics.countObservations('duplicate', ofCalls.filter((outcome) => outcome === 'duplicate').length)
        waiting.push(
          ...group.filter((_told, index) => outcomes[index] === 'waiting').map((told) => told.whenWaiting),
        )
        storageLog.worked()
      }
      for (const group of groupsOf(apiRequests, limits.batchItemsMax))
        await recorder.recordApiRequests(projectId, group)
      return waiting
    } catch (error) {
      storageLog.failed(error)
      throw toRefusal(error, metrics)
    }
  }
}

function groupsOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, group) => items.slice(group * size, (group + 1) * size))
}

function count(
  signal: Signal,
  translation: Translation,
  waiting: readonly string[],
  metrics: OtlpMetrics,
): void {
  const { observations, apiRequests, rejected, unused } = translation
  const usedCount = observations.length - waiting.length + apiRequests.length
  const rejectedCount = rejected.reduce((sum, rejection) => sum + rejection.count, 0)
  const unusedCount = [...unused.values()].reduce((sum, each) => sum + each, waiting.length)
  metrics.countReceived(signal, usedCount + rejectedCount + unusedCount)
  metrics.countUsed(signal, usedCount)
  metrics.countRejected(signal, rejectedCount)
  for (const [name, each] of unused) metrics.countUnused(signal, name, each)
  for (const name of waiting) metrics.countUnused(signal, name, 1)
}
