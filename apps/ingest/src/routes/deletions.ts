import {
  type DeletionSelector,
  findDeletion,
  type Reader,
  type Recorder,
  type DeletionReceipt as StoredReceipt,
} from '@skillwatch/db'
import { DeletionQuery, DeletionReceipt, formatInstant } from '@skillwatch/schema'
import { ProblemError, problemResponses, type Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import { Type } from 'typebox'
import type { Journal } from '../hooks/journal.ts'
import type { IngestMetrics } from '../metrics.ts'
import { readSelector } from '../read-selector.ts'
import { toRefusal } from '../refuse.ts'

export interface DeletionDeps {
  reader: Reader
  recorder: Pick<Recorder, 'flush' | 'delete'>
  journal: Pick<Journal, 'flush'>
  metrics: IngestMetrics
  logger: Pick<FastifyBaseLogger, 'info'>
  now: () => number
}

/**
 * `DELETE /v1/invocations`: deletes a session, a person, an agent, a skill, the past or a whole project, and
 * answers with a receipt (R10).
 */
export function deletionRoutes({ reader, recorder, journal, metrics, logger, now }: DeletionDeps) {
  return async (app: Service): Promise<void> => {
    app.delete(
      '/v1/invocations',
      { config: { scope: 'admin' }, schema },
      async ({ query, project }): Promise<DeletionReceipt> => {
        const { selector, selection } = readSelector(query, project.name, now())
        const receipt = toWireReceipt(await deleteAll(project.project_id, selector), project.name)
        // The log must not keep the session, person, agent or skill that was deleted.
        logger.info({ ...receipt, by: Object.keys(selection) }, 'deleted invocations')
        return { ...receipt, selection }
      },
    )
    app.get(
      '/v1/deletions/:receipt_id',
      { config: { scope: 'admin' }, schema: receiptSchema },
      async (request) => {
        const { project, params } = request
        const receipt = findDeletion(reader, project.project_id, params.receipt_id)
        if (receipt === undefined) throw new ProblemError('not-found', 'this project has no such deletion')
        return toWireReceipt(receipt, project.name)
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

/** The receipt on the wire. What was deleted is not stored, so only the answer to the deletion names it. */
function toWireReceipt(receipt: StoredReceipt, project: string): DeletionReceipt {
  const { project_id: _, deleted_at_ms, final_by_ms, final_at_ms, status, ...counts } = receipt
  return {
    ...counts,
    deleted_at: formatInstant(deleted_at_ms),
    project,
    status,
    final_by: formatInstant(final_by_ms),
    ...(final_at_ms !== null && { final_at: formatInstant(final_at_ms) }),
  }
}

const schema = {
  tags: ['privacy'],
  summary: 'Delete a session, a person, an agent, a skill, the past or a whole project',
  description:
    'Deletes from the project of the request: rows, witness records, sums, and all their bytes in the ' +
    'database file and its write-ahead log. What was answered before this request is deleted too. Readers ' +
    'of the stream receive a `delete` for each invocation. The response is the receipt. It is `pending` ' +
    'until the file was rewritten, at a quiet moment and by `final_by` at the latest: until then copies may ' +
    'be left in its free space. If the request fails, send it again.',
  querystring: DeletionQuery,
  response: {
    200: DeletionReceipt,
    ...problemResponses('invalid-request', 'unauthorized', 'forbidden', 'unavailable'),
  },
}

const receiptSchema = {
  tags: ['privacy'],
  summary: 'Get the receipt of a deletion',
  description: 'Shows whether the deletion is `final`: then no byte of what it deleted is left in the file.',
  params: Type.Object({ receipt_id: Type.String({ maxLength: 64 }) }),
  response: { 200: DeletionReceipt, ...problemResponses('unauthorized', 'forbidden', 'not-found') },
}
