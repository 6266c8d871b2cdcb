import { createApiKey, listApiKeys, type Recorder, revokeApiKey, type Writer } from '@skillwatch/db'
import { ApiKey, CreateApiKey, CreatedApiKey } from '@skillwatch/schema'
import { ProblemError, problemResponses, type Service } from '@skillwatch/service'
import { Type } from 'typebox'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'
import { mayAdminister } from './projects.ts'

export interface KeyDeps {
  writer: Writer
  recorder: Pick<Recorder, 'write'>
  metrics: IngestMetrics
  now: () => number
}

const config = { scope: 'admin' } as const
const tags = ['keys']
const ApiKeys = Type.Object({ items: Type.Array(ApiKey) })

/** `/v1/keys`: made, listed, revoked. An admin key of another project than `default` sees and makes keys of its own project only. */
export function keyRoutes({ writer, recorder, metrics, now }: KeyDeps) {
  const write = <T>(change: () => T): Promise<T> =>
    recorder.write(change).catch((error: unknown) => {
      throw toRefusal(error, metrics)
    })
  return async (app: Service): Promise<void> => {
    app.post('/v1/keys', { config, schema: createSchema }, async ({ body, project }, reply) => {
      const wanted = body.project ?? project.name
      if (!mayAdminister(project, wanted)) {
        throw new ProblemError('forbidden', `this key administers project ${project.name} only`)
      }
      const key = await write(() => createApiKey(writer, { ...body, project: wanted }, now()))
      return reply.code(201).header('cache-control', 'no-store').send(key)
    })
    app.get('/v1/keys', { config, schema: listSchema }, async ({ project }) => ({
      items: listApiKeys(writer).filter((key) => mayAdminister(project, key.project)),
    }))
    app.delete('/v1/keys/:api_key_id', { config, schema: revokeSchema }, async ({ params, project }) => {
      const known = listApiKeys(writer).find((key) => key.api_key_id === params.api_key_id)
      if (!known || !mayAdminister(project, known.project))
        throw new ProblemError('not-found', 'there is no such key; GET /v1/keys lists those there are')
      return (await write(() => revokeApiKey(writer, params.api_key_id, now()))) ?? known
    })
  }
}

const createSchema = {
  tags,
  summary: 'Make an API key',
  description: 'The answer holds the key itself, this once; only its hash is kept.',
  body: CreateApiKey,
  response: {
    201: CreatedApiKey,
    ...problemResponses('unauthorized', 'forbidden', 'unprocessable', 'unavailable'),
  },
}

const listSchema = {
  tags,
  summary: 'List the API keys, without their secrets',
  response: { 200: ApiKeys, ...problemResponses('unauthorized', 'forbidden') },
}

const revokeSchema = {
  tags,
  summary: 'Revoke an API key for good',
  params: Type.Object({ api_key_id: Type.String({ maxLength: 64 }) }),
  response: { 200: ApiKey, ...problemResponses('unauthorized', 'forbidden', 'not-found', 'unavailable') },
}
