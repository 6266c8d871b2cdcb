import { type ApiRequest, redactShapes } from '@skillwatch/schema'
import { hashOfProject } from '../../projects.ts'
import { privateId } from '../../recording/index.ts'
import type { Writer } from '../open.ts'

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

type StoredRequest = Partial<Record<(typeof COLUMNS)[number], string | number | null>>

/**
 * Makes the function that stores requests to models in one transaction. A known request changes nothing
 * (R3); the user id becomes a keyed hash (R10).
 */
export function createRecordApiRequests(writer: Writer) {
  const insert = writer.sqlite.prepare<unknown[]>(
    `insert into api_request (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})
    on conflict do nothing`,
  )
  const transaction = writer.sqlite.transaction((projectId: number, requests: readonly ApiRequest[]) => {
    const hash = hashOfProject(writer, projectId)
    for (const request of requests) {
      const row = toStored(projectId, request, hash)
      insert.run(COLUMNS.map((column) => row[column] ?? null))
    }
  })
  return (projectId: number, requests: readonly ApiRequest[]): void =>
    transaction.immediate(projectId, requests)
}

function toStored(
  project_id: number,
  { user_id, ...request }: ApiRequest,
  hash: (text: string) => string,
): StoredRequest {
  return {
    ...request,
    project_id,
    request_id: privateId(request.request_id, hash),
    session_id: privateId(request.session_id, hash),
    prompt_id: request.prompt_id === undefined ? null : privateId(request.prompt_id, hash),
    model: request.model === undefined ? null : redactShapes(request.model),
    user_hash: user_id === undefined ? null : hash(user_id),
  }
}
