import { DEFAULT_PROJECT, type Recorder } from '@skillwatch/db'
import { RepairReply } from '@skillwatch/schema'
import { ProblemError, problemResponses, type Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'

export interface RepairDeps {
  recorder: Pick<Recorder, 'repair'>
  metrics: IngestMetrics
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/** `POST /v1/repairs`: counts all roll-ups from the rows and corrects those that differ (R6). */
export function repairRoutes({ recorder, metrics, logger }: RepairDeps) {
  return async (app: Service): Promise<void> => {
    app.post('/v1/repairs', { config: { scope: 'admin' }, schema }, async ({ project }) => {
      if (project.name !== DEFAULT_PROJECT) {
        throw new ProblemError('forbidden', 'a repair is of all projects: it takes a key of project default')
      }
      const report = await recorder.repair().catch((error: unknown) => {
        throw toRefusal(error, metrics)
      })
      if (report.repaired.length > 0)
        logger.warn(report, 'corrected roll-ups that were not equal to their recount')
      return { checked_rows: report.checked_rows, repaired: [...report.repaired] }
    })
  }
}

const schema = {
  tags: ['maintenance'],
  summary: 'Correct the roll-ups',
  description:
    'Counts every roll-up from the invocations, in one snapshot, and adds what is missing in bounded ' +
    'steps. Recording goes on meanwhile. The answer names the tables of which rows were corrected.',
  response: {
    200: RepairReply,
    ...problemResponses('unauthorized', 'forbidden', 'unavailable'),
  },
}
