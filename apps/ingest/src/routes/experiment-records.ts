import type { ExperimentRecordResult, Recorder } from '@skillwatch/db'
import {
  ExperimentOutcome,
  ExperimentRecord,
  name,
  type ParsedExperimentRecord,
  parseExperimentOutcome,
  parseExperimentRecord,
  type RecordReply,
  type RejectedItem,
} from '@skillwatch/schema'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
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

export interface ExperimentRecordDeps {
  recorder: Pick<Recorder, 'experiments'>
  metrics: IngestMetrics
  limits: IngestLimits
  logger: Pick<FastifyBaseLogger, 'error' | 'info'>
  now: () => number
}

type Parse = (
  value: unknown,
  nowMs: number,
  createId: () => string,
) => ReturnType<typeof parseExperimentRecord>

const config = { scope: 'ingest' } as const
const validatorCompiler = () => () => true

/**
 * `POST /v1/experiments/{name}/outcomes` and `/v1/experiment-records`: answer after the commit (R2), store the
 * good items of a batch (R9).
 */
export function experimentRecordRoutes({ recorder, metrics, limits, logger, now }: ExperimentRecordDeps) {
  const storageLog = createStorageLog(logger)
  const record = async (projectId: number, items: readonly Item[], parse: Parse): Promise<RecordReply> => {
    const { records, indexes, rejected } = parseAll(items, now(), parse)
    const results = await recorder.experiments.record(projectId, records).catch((error: unknown) => {
      storageLog.failed(error)
      throw toRefusal(error, metrics)
    })
    storageLog.worked()
    const reply = toReply(results, indexes, rejected)
    metrics.countExperimentRecords('accepted', reply.accepted)
    metrics.countExperimentRecords('duplicate', reply.duplicates)
    metrics.countExperimentRecords('rejected', reply.rejected.length)
    if (reply.rejected.length === items.length && items.length > 0) throw nothingAcceptable(reply.rejected)
    return reply
  }
  return async (app: Service): Promise<void> => {
    await takeGzip(app)
    takeJsonAndNdjson(app, limits.batchItemsMax)
    app.post(
      '/v1/experiments/:name/outcomes',
      { config, schema: outcomesSchema, validatorCompiler },
      async ({ body, params, project }) =>
        record(project.project_id, (body ?? []) as Item[], (value, nowMs, createId) =>
          parseExperimentOutcome(value, params.name, nowMs, createId),
        ),
    )
    app.post(
      '/v1/experiment-records',
      { config, schema: recordsSchema, validatorCompiler },
      async ({ body, project }) => record(project.project_id, (body ?? []) as Item[], parseExperimentRecord),
    )
  }
}

function parseAll(items: readonly Item[], nowMs: number, parse: Parse) {
  const records: ParsedExperimentRecord[] = []
  const indexes: number[] = []
  const rejected: RejectedItem[] = []
  for (const [index, item] of items.entries()) {
    const parsed =
      'reason' in item ? { pointer: '', reason: item.reason } : parse(item.value, nowMs, () => uuidV7(nowMs))
    if ('record' in parsed) {
      records.push(parsed.record)
      indexes.push(index)
    } else rejected.push({ index, ...parsed })
  }
  return { records, indexes, rejected }
}

/** Items that were refused by their content, or as their experiment has ended, in the order of the request. */
function toReply(
  results: readonly ExperimentRecordResult[],
  indexes: readonly number[],
  unreadable: readonly RejectedItem[],
): RecordReply {
  const refused = results.flatMap((each, position) =>
    'refused' in each ? [{ index: indexes[position]!, pointer: '', reason: each.reason }] : [],
  )
  const countOf = (result: 'accepted' | 'duplicate') =>
    results.filter((each) => 'result' in each && each.result === result).length
  return {
    accepted: countOf('accepted'),
    duplicates: countOf('duplicate'),
    rejected: [...unreadable, ...refused].sort((a, b) => a.index - b.index),
  }
}

const outcomesSchema = {
  tags: ['experiments'],
  summary: 'Record outcomes of users of an experiment',
  description:
    'Accepts one outcome, an array, or NDJSON (one outcome a line), also with `Content-Encoding: gzip`. ' +
    'Sending one again, by its `outcome_id`, changes nothing. Answers after the commit. Rejected items are ' +
    'named, the others are stored: those of users who are not assigned are rejected, as are those of an ' +
    'experiment that has ended, and more than 1,000 of one user.',
  params: Type.Object({ name: name('Name of the experiment.') }),
  body: {
    content: {
      'application/json': { schema: Type.Union([ExperimentOutcome, Type.Array(ExperimentOutcome)]) },
      'application/x-ndjson': { schema: Type.String({ description: 'One outcome a line.' }) },
    },
  },
  response: RECORD_RESPONSES,
}

const recordsSchema = {
  tags: ['experiments'],
  summary: 'Record assignments and outcomes of several experiments',
  description:
    'As clients send them, in the order of time: a user is assigned before the outcomes of the user. Accepts ' +
    'one record, an array, or NDJSON (one record a line), also with `Content-Encoding: gzip`. Sending one ' +
    'again changes nothing. Answers after the commit. Rejected items are named, the others are stored.',
  body: {
    content: {
      'application/json': { schema: Type.Union([ExperimentRecord, Type.Array(ExperimentRecord)]) },
      'application/x-ndjson': { schema: Type.String({ description: 'One record a line.' }) },
    },
  },
  response: RECORD_RESPONSES,
}
