import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listTurns } from '@skillwatch/db'
import { Turn } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { toTurn } from '../usage/to-use.ts'
import {
  byTimeParameters,
  nameParameter,
  pageOf,
  parameters,
  problems,
  windowOf,
  withCursor,
} from './parameters.ts'

/** `GET /v1/turns`: the turns that uses belong to. */
export function turnRoutes({ reader, pricing, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/turns',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['uses'],
          summary: 'Turns by time',
          description: 'A turn is one prompt and everything until the next one of its session.',
          querystring: parameters({
            session_id: Type.Optional(nameParameter('Exact id.')),
            ...byTimeParameters('began_at'),
          }),
          response: { 200: pageOf(Turn), ...problems },
        },
      },
      async ({ project, query: { since, until, ...query } }) => {
        const window = windowOf({ since, until }, now())
        const turns = withCursor(() => listTurns(reader, project.project_id, { ...query, ...window }))
        return { ...turns, items: turns.items.map((row) => toTurn(row, pricing, now())) }
      },
    )
  }
}
