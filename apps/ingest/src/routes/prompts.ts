import type { Recorder } from '@skillwatch/db'
import { PromptInput, parsePrompt, type RecordReply } from '@skillwatch/schema'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import { Type } from 'typebox'
import type { IngestLimits } from '../config.ts'
import { type Item, parseItems } from '../items.ts'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'
import { createStorageLog } from '../storage-log.ts'
import { nothingAcceptable } from './nothing-acceptable.ts'
import { RECORD_RESPONSES } from './record-responses.ts'
import { takeGzip } from './take-gzip.ts'
import { takeJsonAndNdjson } from './take-json.ts'

export interface PromptDeps {
  recorder: Pick<Recorder, 'record'>
  metrics: IngestMetrics
  limits: IngestLimits
  logger: Pick<FastifyBaseLogger, 'error' | 'info'>
  now: () => number
}

/** `POST /v1/prompts`: answers after the commit (R2), stores the good items of a batch (R9). */
export function promptRoutes({ recorder, metrics, limits, logger, now }: PromptDeps) {
  const storageLog = createStorageLog(logger)
  return async (app: Service): Promise<void> => {
    await takeGzip(app)
    takeJsonAndNdjson(app, limits.batchItemsMax)
    app.post(
      '/v1/prompts',
      { config: { scope: 'ingest' }, schema, validatorCompiler: () => () => true },
      async ({ body, project }): Promise<RecordReply> => {
        const { observations: prompts, rejected } = parseItems((body ?? []) as Item[], now(), parsePrompt)
        if (prompts.length === 0 && rejected.length > 0) throw nothingAcceptable(rejected)
        const outcomes = await recorder.record(project.project_id, prompts).catch((error: unknown) => {
          storageLog.failed(error)
          throw toRefusal(error, metrics)
        })
        storageLog.worked()
        const duplicates = outcomes.filter((outcome) => outcome === 'duplicate').length
        return { accepted: outcomes.length - duplicates, duplicates, rejected: [...rejected] }
      },
    )
  }
}

const schema = {
  tags: ['recording'],
  summary: 'Record prompts of users',
  description:
    'A prompt begins a turn: everything until the next prompt of its session. Its text is not accepted. ' +
    'Accepts one prompt, an array, or NDJSON (one prompt a line), also with `Content-Encoding: gzip`. ' +
    'Several witnesses may report one prompt. Sending one again changes nothing. Answers after the commit. ' +
    'Rejected items are named, the others are stored.',
  body: {
    content: {
      'application/json': { schema: Type.Union([PromptInput, Type.Array(PromptInput)]) },
      'application/x-ndjson': { schema: Type.String({ description: 'One prompt a line.' }) },
    },
  },
  response: RECORD_RESPONSES,
}
