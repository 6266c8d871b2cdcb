import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getCoverage, listCoverage } from '@skillwatch/db'
import { BLIND_SPOTS, CoveragePage } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  cursorParameter,
  limitParameter,
  nameParameter,
  orderParameter,
  orNotFound,
  parameters,
  withCursor,
} from './parameters.ts'

const blind_spots = BLIND_SPOTS.map(({ kinds, outcomes, ...spot }) => ({
  ...spot,
  ...(kinds && { kinds: [...kinds] }),
  ...(outcomes && { outcomes: [...outcomes] }),
}))

export function coverageRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/coverage',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['coverage'],
          summary: 'Which witness saw which calls, session by session',
          description:
            'For each session and witness: how many calls are known, how many it saw, which it missed ' +
            'and why. A call that no witness saw is not known; ' +
            '`blind_spots` lists which calls a witness cannot see.',
          querystring: parameters({
            session_id: Type.Optional(nameParameter('This session alone.')),
            order: orderParameter('By the last activity; `desc`: the latest active session first.'),
            limit: limitParameter(100),
            cursor: cursorParameter,
          }),
          response: { 200: CoveragePage, ...orNotFound },
        },
      },
      async ({ project: { project_id }, query: { session_id, ...query } }) => {
        if (session_id === undefined) {
          return { ...withCursor(() => listCoverage(reader, project_id, query)), blind_spots }
        }
        const session = getCoverage(reader, project_id, session_id)
        if (session) return { items: [session], next_cursor: null, blind_spots }
        throw new ProblemError(
          'not-found',
          `nothing is recorded of session ${JSON.stringify(session_id)}; see GET /v1/sessions`,
        )
      },
    )
  }
}
