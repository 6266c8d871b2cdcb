import { type ApiRequest, redactShapes } from '@skillwatch/schema'
import { hashOfProject, storesPlaces } from '../../projects.ts'
import { API_REQUEST_COLUMNS, mergeApiRequests, type StoredApiRequest } from '../../recording/api-request.ts'
import { privateId, redactText } from '../../recording/index.ts'
import { addRowChange, emptyDeltas } from '../../roll-ups/deltas.ts'
import { API_REQUEST_ROLL_UPS } from '../../roll-ups/usage.ts'
import type { TurnMark } from '../../turns/marks.ts'
import type { Writer } from '../open.ts'
import type { SqliteRecordingStorage } from './storage.ts'

/** What became of a request: it added something, or everything in it was known. */
export type ApiRequestOutcome = 'accepted' | 'duplicate'

/**
 * Makes the function that stores requests to models with their part of every roll-up, in one transaction. A
 * known request changes nothing (R3); the user id becomes a keyed hash (R10).
 */
export function createRecordApiRequests(
  writer: Writer,
  { rollUps, turnMarks }: Pick<SqliteRecordingStorage, 'rollUps' | 'turnMarks'>,
) {
  const { sqlite } = writer
  const find = sqlite.prepare<[number, string], StoredApiRequest>(
    `select ${API_REQUEST_COLUMNS.join(', ')} from api_request where project_id = ? and request_id = ?`,
  )
  const put = sqlite.prepare<unknown[]>(
    `insert or replace into api_request (project_id, ${API_REQUEST_COLUMNS.join(', ')})
    values (?, ${API_REQUEST_COLUMNS.map(() => '?').join(', ')})`,
  )
  return sqlite.transaction(
    (projectId: number, requests: readonly ApiRequest[], nowMs: number): ApiRequestOutcome[] => {
      const hash = hashOfProject(writer, projectId)
      const withPlaces = storesPlaces(writer, projectId)
      const deltas = emptyDeltas(API_REQUEST_ROLL_UPS)
      const outcomes = requests.map((request): ApiRequestOutcome => {
        const reported = toStored(request, hash, withPlaces)
        const known = find.get(projectId, reported.request_id)
        const merged = known === undefined ? reported : mergeApiRequests(known, reported)
        if (merged === known) return 'duplicate'
        put.run(projectId, ...API_REQUEST_COLUMNS.map((column) => merged[column]))
        addRowChange(deltas, known, merged)
        turnMarks.add(projectId, [known, merged].flatMap(turnOf))
        return 'accepted'
      })
      rollUps.apply(projectId, deltas, nowMs)
      return outcomes
    },
  ).immediate
}

function turnOf(request: StoredApiRequest | undefined): TurnMark[] {
  if (request === undefined || request.prompt_id === null) return []
  return [{ session_id: request.session_id, prompt_id: request.prompt_id }]
}

function toStored(
  request: ApiRequest,
  hash: (text: string) => string,
  withPlaces: boolean,
): StoredApiRequest {
  const id = (text: string | undefined) => (text === undefined ? null : privateId(text, hash))
  const label = (text: string | undefined) => (text === undefined ? null : redactShapes(text))
  const place = (text: string | undefined) => (text === undefined ? null : redactText(text))
  return {
    request_id: privateId(request.request_id, hash),
    session_id: privateId(request.session_id, hash),
    prompt_id: id(request.prompt_id),
    user_hash: request.user_id === undefined ? null : hash(request.user_id),
    agent_name: label(request.agent_name),
    model: label(request.model),
    repository: withPlaces ? place(request.repository) : null,
    branch: withPlaces ? place(request.branch) : null,
    parent_invocation_id: id(request.parent_invocation_id),
    requested_at_ms: request.requested_at_ms,
    duration_ms: request.duration_ms ?? null,
    input_tokens: request.input_tokens ?? null,
    output_tokens: request.output_tokens ?? null,
    cache_read_tokens: request.cache_read_tokens ?? null,
    cache_creation_tokens: request.cache_creation_tokens ?? null,
    cost_usd: request.cost_usd ?? null,
  }
}
