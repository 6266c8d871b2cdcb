import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listUses } from '@skillwatch/db'
import { Use } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { toUse } from '../usage/to-use.ts'
import {
  byTimeParameters,
  kindParameter,
  nameParameter,
  pageOf,
  parameters,
  problems,
  windowOf,
  withCursor,
} from './parameters.ts'

/** `GET /v1/uses`: uses of skills, commands and agents. */
export function useRoutes({ reader, pricing, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/uses',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['uses'],
          summary: 'Uses of skills, commands and agents by time',
          description:
            'A use is one activation with the calls, tokens and money that followed from it in its turn. ' +
            'It is derived from what is recorded, some hundred milliseconds later.',
          querystring: parameters({
            kind: kindParameter,
            skill_name: Type.Optional(nameParameter('Exact name.')),
            session_id: Type.Optional(nameParameter('Exact id.')),
            prompt_id: Type.Optional(nameParameter('Exact id.')),
            ...byTimeParameters('began_at'),
          }),
          response: { 200: pageOf(Use), ...problems },
        },
      },
      async ({ project, query: { since, until, ...query } }) => {
        const window = windowOf({ since, until }, now())
        const uses = withCursor(() => listUses(reader, project.project_id, { ...query, ...window }))
        return { ...uses, items: uses.items.map((row) => toUse(row, pricing, now())) }
      },
    )
  }
}
