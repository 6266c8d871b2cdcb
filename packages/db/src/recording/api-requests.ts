import type { ApiRequest } from '@skillwatch/schema'
import { hashOfProject } from '../projects.ts'
import type { Writer } from '../sqlite/open.ts'
import { prepareSlotted, slot } from '../sqlite/statements.ts'
import { privateId } from './private-fields.ts'
import { redactShapes } from './redact.ts'

const COLUMNS = [
  'project_id',
  'request_id',
  'session_id',
  'prompt_id',
  'user_hash',
  'model',
  'requested_at_ms',
  'duration_ms',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_usd',
] as const

/**
 * Makes the function that stores requests to a model in one transaction. A request that is known already changes nothing
 * (R3); the user id becomes a keyed hash (R10).
 */
export function createRecordApiRequests(writer: Writer) {
  const insert = prepareSlotted(
    writer.sqlite,
    writer.db
      .insertInto('api_request')
      .values(Object.fromEntries(COLUMNS.map((column) => [column, slot(column)])) as never)
      .onConflict((conflict) => conflict.doNothing())
      .compile(),
  )
  const transaction = writer.sqlite.transaction((projectId: number, requests: readonly ApiRequest[]) => {
    const hash = hashOfProject(writer, projectId)
    for (const { user_id, ...request } of requests) {
      insert.run({
        ...request,
        project_id: projectId,
        request_id: privateId(request.request_id, hash),
        session_id: privateId(request.session_id, hash),
        prompt_id: request.prompt_id === undefined ? null : privateId(request.prompt_id, hash),
        model: request.model === undefined ? null : redactShapes(request.model),
        user_hash: user_id === undefined ? null : hash(user_id),
      })
    }
  })
  return (projectId: number, requests: readonly ApiRequest[]) => transaction.immediate(projectId, requests)
}
