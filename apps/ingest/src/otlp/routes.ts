import { ProblemError, problemOf, type Service } from '@skillwatch/service'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { takeGzip } from '../routes/take-gzip.ts'
import { decodeRequest, sendResponse, sendStatus } from './encoding.ts'
import type { OtlpMetrics } from './metrics.ts'
import type { OtlpCodec } from './protobuf.ts'
import { type RecordTranslationDeps, TranslationRecorder } from './record-translation.ts'
import { schemaOf } from './route-schema.ts'
import { SIGNALS, type Signal } from './signals.ts'
import { type Translation, translate } from './translate.ts'

export interface OtlpRouteDeps extends RecordTranslationDeps {
  otlpMetrics: OtlpMetrics
  codec: OtlpCodec
  now: () => number
}

/** `POST /v1/traces`, `/v1/logs` and `/v1/metrics` of OTLP/HTTP 1.10. Answers after the commit (R2). */
export function otlpRoutes(deps: OtlpRouteDeps) {
  const { codec, now, otlpMetrics } = deps
  const translations = new TranslationRecorder(deps)

  async function handle(
    signal: Signal,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { contentType, bytes } = bodyOf(request)
    const translation = translate(signal, decodeRequest(signal, contentType, bytes, codec), now())
    const waiting = await translations.record(request.project.project_id, translation)
    count(signal, translation, waiting, otlpMetrics)
    return sendResponse({ signal, rejected: translation.rejected, codec }, request, reply)
  }

  return async (app: Service): Promise<void> => {
    await takeGzip(app)
    takeBuffers(app)
    app.setErrorHandler((error, request, reply) =>
      sendStatus(problemOf(error, request), codec, request, reply),
    )
    for (const signal of Object.keys(SIGNALS) as Signal[]) {
      const options = { config: { scope: 'ingest' as const }, schema: schemaOf(signal) }
      app.post(SIGNALS[signal].path, { ...options, validatorCompiler: () => () => true }, (request, reply) =>
        handle(signal, request, reply),
      )
    }
  }
}

function takeBuffers(app: Service): void {
  app.removeAllContentTypeParsers()
  const types = ['application/json', 'application/x-protobuf']
  const asBuffer = { parseAs: 'buffer' } as const
  app.addContentTypeParser(types, asBuffer, async (_request: unknown, body: Buffer) => body)
}

function bodyOf({ headers, body }: FastifyRequest): { contentType: string; bytes: Buffer } {
  const contentType = headers['content-type']
  if (contentType === undefined) throw new ProblemError('unsupported-media-type', 'Content-Type is missing')
  return { contentType, bytes: (body as Buffer | undefined) ?? Buffer.alloc(0) }
}

function count(
  signal: Signal,
  { observations, apiRequests, rejected, unused }: Translation,
  waiting: readonly string[],
  metrics: OtlpMetrics,
): void {
  const usedCount = observations.length - waiting.length + apiRequests.length
  const rejectedCount = rejected.reduce((sum, rejection) => sum + rejection.count, 0)
  const unusedCount = [...unused.values()].reduce((sum, each) => sum + each, waiting.length)
  metrics.countReceived(signal, usedCount + rejectedCount + unusedCount)
  metrics.countUsed(signal, usedCount)
  metrics.countRejected(signal, rejectedCount)
  for (const [name, each] of unused) metrics.countUnused(signal, name, each)
  for (const name of waiting) metrics.countUnused(signal, name, 1)
}
