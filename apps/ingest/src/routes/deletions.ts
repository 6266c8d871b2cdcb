import type { DeletionSelector, Recorder } from '@skillwatch/db'
import { DeletionQuery, DeletionReceipt, formatInstant } from '@skillwatch/schema'
import { problemResponses, type Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import type { Journal } from '../hooks/journal.ts'
import type { IngestMetrics } from '../metrics.ts'
import { readSelector } from '../read-selector.ts'
import { toRefusal } from '../refuse.ts'

export interface DeletionDeps {
  recorder: Pick<Recorder, 'flush' | 'delete'>
  journal: Pick<Journal, 'flush'>
  metrics: IngestMetrics
  logger: Pick<FastifyBaseLogger, 'info'>
  now: () => number
}

/**
 * `DELETE /v1/invocations`: deletes a session, a person, a skill or the past, and answers with a receipt
 * (R10).
 */
export function deletionRoutes({ recorder, journal, metrics, logger, now }: DeletionDeps) {
  return async (app: Service): Promise<void> => {
    app.delete(
      '/v1/invocations',
      { config: { scope: 'admin' }, schema },
      async ({ query, project }): Promise<DeletionReceipt> => {
        const { selector, selection } = readSelector(query, now())
        const { deleted_at_ms, ...counts } = await deleteAll(project.project_id, selector)
        // The log must not keep the session, person or skill that was deleted.
        logger.info({ ...counts, project: project.name, by: Object.keys(selection) }, 'deleted invocations')
        return { ...counts, deleted_at: formatInstant(deleted_at_ms), project: project.name, selection }
      },
    )
  }

  /** What was answered before the deletion is committed first, so that it is deleted too. */
  async function deleteAll(projectId: number, selector: DeletionSelector) {
    try {
      await journal.flush()
      await recorder.flush()
      return await recorder.delete(projectId, selector)
    } catch (error) {
      throw toRefusal(error, metrics)
    }
  }
}

const schema = {
  tags: ['privacy'],
  summary: 'Delete a session, a person, a skill or the past',
  description:
    "Deletes from the key's own project: rows, witness records, sums, and all their bytes in the database " +
    'file and its write-ahead log. What was answered before this request is deleted too. Readers of the ' +
    'stream receive a `delete` for each invocation. The response is the receipt, sent when everything is ' +
    'deleted. If the request fails, send it again.',
  querystring: DeletionQuery,
  response: {
    200: DeletionReceipt,
    ...problemResponses('invalid-request', 'unauthorized', 'forbidden', 'unavailable'),
  },
}
