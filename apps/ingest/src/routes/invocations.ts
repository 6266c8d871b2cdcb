import type { Recorder } from '@skillwatch/db'
import { Observation, type RecordReply, type RejectedItem } from '@skillwatch/schema'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import { Type } from 'typebox'
import type { IngestLimits } from '../config.ts'
import { CANNOT_BE_STORED, type Item, parseItems } from '../items.ts'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'
import { createStorageLog } from '../storage-log.ts'
import { nothingAcceptable } from './nothing-acceptable.ts'
import { RECORD_RESPONSES } from './record-responses.ts'
import { takeGzip } from './take-gzip.ts'
import { takeJsonAndNdjson } from './take-json.ts'

export interface InvocationDeps {
  recorder: Pick<Recorder, 'record'>
  metrics: IngestMetrics
  limits: IngestLimits
  logger: Pick<FastifyBaseLogger, 'error' | 'info'>
  now: () => number
}

/** `POST /v1/invocations`: answers after the commit (R2), stores the good items of a batch (R9). */
export function invocationRoutes({ recorder, metrics, limits, logger, now }: InvocationDeps) {
  const storageLog = createStorageLog(logger)
  return async (app: Service): Promise<void> => {
    await takeGzip(app)
    takeJsonAndNdjson(app, limits.batchItemsMax)
    app.post(
      '/v1/invocations',
      { config: { scope: 'ingest' }, schema, validatorCompiler: () => () => true },
      async (request): Promise<RecordReply> => {
        const { observations, indexes, rejected, invocationIds } = parseItems(
          (request.body ?? []) as Item[],
          now(),
        )
        metrics.countObservations('rejected', rejected.length)
        if (observations.length === 0 && rejected.length > 0) throw nothingAcceptable(rejected)
        const outcomes = await recorder
          .record(request.project.project_id, observations)
          .catch((error: unknown) => {
            storageLog.failed(error)
            throw toRefusal(error, metrics)
          })
        storageLog.worked()
        const refused = refusedItems(outcomes, indexes)
        if (refused.length > 0) logger.error({ refused }, 'observations could not be stored')
        metrics.countObservations('rejected', refused.length)
        const accepted = countOf(outcomes, 'accepted') + countOf(outcomes, 'waiting')
        const duplicates = countOf(outcomes, 'duplicate')
        metrics.countObservations('accepted', accepted)
        metrics.countObservations('duplicate', duplicates)
        const all = [...rejected, ...refused].sort((a, b) => a.index - b.index)
        const reply: RecordReply = { accepted, duplicates, rejected: all }
        if (invocationIds) reply.invocation_ids = [...invocationIds]
        return reply
      },
    )
  }
}

type Outcome = Awaited<ReturnType<Recorder['record']>>[number]

function countOf(outcomes: readonly Outcome[], outcome: Outcome): number {
  return outcomes.filter((each) => each === outcome).length
}

/** Items that the database could not take, by their index in the request. */
function refusedItems(outcomes: readonly Outcome[], indexes: readonly number[]): RejectedItem[] {
  return outcomes.flatMap((outcome, position) =>
    outcome === 'refused' ? { index: indexes[position]!, pointer: '', reason: CANNOT_BE_STORED } : [],
  )
}

const schema = {
  tags: ['recording'],
  summary: 'Record observations',
  description:
    'Accepts one observation, an array, or NDJSON (one observation a line), also with `Content-Encoding: ' +
    'gzip`. Start and end of a call are two observations with one `invocation_id`, in any order. Sending ' +
    'one again changes nothing. Answers after the commit. Rejected items are named, the others are ' +
    'stored; an empty batch is accepted.',
  body: {
    content: {
      'application/json': { schema: Type.Union([Observation, Type.Array(Observation)]) },
      'application/x-ndjson': { schema: Type.String({ description: 'One observation a line.' }) },
    },
  },
  response: RECORD_RESPONSES,
}
