import type { Recorder } from '@skillwatch/db'
import { DeletionQuery, DeletionReceipt, formatInstant } from '@skillwatch/schema'
import { problemResponses, type Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import type { IngestMetrics } from '../metrics.ts'
import { readSelector } from '../read-selector.ts'
import { toRefusal } from '../refuse.ts'

export interface DeletionDeps {
  recorder: Recorder
  metrics: IngestMetrics
  logger: Pick<FastifyBaseLogger, 'info'>
  now: () => number
}

/** `DELETE /v1/invocations`: takes a session, a person, a skill or the past away and gives a receipt (R10). */
export function deletionRoutes({ recorder, metrics, logger, now }: DeletionDeps) {
  return async (app: Service): Promise<void> => {
    app.delete(
      '/v1/invocations',
      { config: { scope: 'admin' }, schema },
      async ({ query, project }): Promise<DeletionReceipt> => {
        const { selector, selection } = readSelector(query, now())
        const { deleted_at_ms, ...counts } = await recorder
          .delete(project.project_id, selector)
          .catch((error: unknown) => {
            throw toRefusal(error, metrics)
          })
        // Which session, person or skill it was must not live on in the log.
        logger.info({ ...counts, project: project.name, by: Object.keys(selection) }, 'deleted invocations')
        return { ...counts, deleted_at: formatInstant(deleted_at_ms), project: project.name, selection }
      },
    )
  }
}

const schema = {
  tags: ['privacy'],
  summary: 'Delete a session, a person, a skill or the past',
  description:
    "Deletes from the key's own project: rows, what each witness saw, sums, and every trace in the database file and its write-ahead log. " +
    'Readers of the stream see a `delete` for each invocation. The answer is the receipt, given once all of it is gone; when it fails half-way, ask again.',
  querystring: DeletionQuery,
  response: {
    200: DeletionReceipt,
    ...problemResponses('invalid-request', 'unauthorized', 'forbidden', 'unavailable'),
  },
}
