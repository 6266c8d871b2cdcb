import type { ApiRequestOutcome, Recorder } from '@skillwatch/db'
import {
  type ApiRequest,
  ApiRequestInput,
  parseApiRequest,
  type RecordReply,
  type RejectedItem,
} from '@skillwatch/schema'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import { Type } from 'typebox'
import type { IngestLimits } from '../config.ts'
import type { Item } from '../items.ts'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'
import { createStorageLog } from '../storage-log.ts'
import { nothingAcceptable } from './nothing-acceptable.ts'
import { RECORD_RESPONSES } from './record-responses.ts'
import { takeGzip } from './take-gzip.ts'
import { takeJsonAndNdjson } from './take-json.ts'

export interface ApiRequestDeps {
  recorder: Pick<Recorder, 'recordApiRequests'>
  metrics: IngestMetrics
  limits: IngestLimits
  logger: Pick<FastifyBaseLogger, 'error' | 'info'>
  now: () => number
}

/** `POST /v1/api-requests`: answers after the commit (R2), stores the good items of a batch (R9). */
export function apiRequestRoutes({ recorder, metrics, limits, logger, now }: ApiRequestDeps) {
  const storageLog = createStorageLog(logger)
  return async (app: Service): Promise<void> => {
    await takeGzip(app)
    takeJsonAndNdjson(app, limits.batchItemsMax)
    app.post(
      '/v1/api-requests',
      { config: { scope: 'ingest' }, schema, validatorCompiler: () => () => true },
      async ({ body, project }): Promise<RecordReply> => {
        const { apiRequests, rejected } = parseAll((body ?? []) as Item[], now())
        if (apiRequests.length === 0 && rejected.length > 0) throw nothingAcceptable(rejected)
        const outcomes = await recorder
          .recordApiRequests(project.project_id, apiRequests)
          .catch((error: unknown) => {
            storageLog.failed(error)
            throw toRefusal(error, metrics)
          })
        storageLog.worked()
        return {
          accepted: countOf(outcomes, 'accepted'),
          duplicates: countOf(outcomes, 'duplicate'),
          rejected,
        }
      },
    )
  }
}

function parseAll(items: readonly Item[], nowMs: number) {
  const apiRequests: ApiRequest[] = []
  const rejected: RejectedItem[] = []
  for (const [index, item] of items.entries()) {
    const parsed =
      'reason' in item ? { pointer: '', reason: item.reason } : parseApiRequest(item.value, nowMs)
    if ('apiRequest' in parsed) apiRequests.push(parsed.apiRequest)
    else rejected.push({ index, ...parsed })
  }
  return { apiRequests, rejected }
}

function countOf(outcomes: readonly ApiRequestOutcome[], outcome: ApiRequestOutcome): number {
  return outcomes.filter((each) => each === outcome).length
}

const schema = {
  tags: ['recording'],
  summary: 'Record requests to models',
  description:
    'Accepts one request, an array, or NDJSON (one request a line), also with `Content-Encoding: gzip`. ' +
    'Several witnesses may report one request: of each count the largest is kept. Sending one again ' +
    'changes nothing. Answers after the commit. Rejected items are named, the others are stored.',
  body: {
    content: {
      'application/json': { schema: Type.Union([ApiRequestInput, Type.Array(ApiRequestInput)]) },
      'application/x-ndjson': { schema: Type.String({ description: 'One request a line.' }) },
    },
  },
  response: RECORD_RESPONSES,
}
