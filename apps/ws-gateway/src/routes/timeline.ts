import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getSession, timeline } from '@skillwatch/db'
import { TimelineTurn } from '@skillwatch/schema'
import type { GatewayDeps } from '../deps.ts'
import { toTimelineTurn } from '../usage/to-use.ts'
import { cursorParameter, limitParameter, orNotFound, pageOf, parameters, withCursor } from './parameters.ts'
import { sessionParams, unknownSession } from './sessions.ts'

/** `GET /v1/sessions/{session_id}/timeline`: what happened in a session. */
export function timelineRoutes({ reader, pricing, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/sessions/:session_id/timeline',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['sessions'],
          summary: "One session's turns, each with its calls as a tree",
          description:
            'Turns by `began_at`, ascending. Calls whose prompt no witness names are the last item of the ' +
            'last page.',
          params: sessionParams,
          querystring: parameters({ limit: limitParameter(20), cursor: cursorParameter }),
          response: { 200: pageOf(TimelineTurn), ...orNotFound },
        },
      },
      async ({ project: { project_id }, params: { session_id }, query }) => {
        const page = withCursor(() => timeline(reader, project_id, { ...query, session_id }))
        const isKnown = page.items.length > 0 || getSession(reader, project_id, session_id) !== undefined
        if (!isKnown) return unknownSession(session_id)
        return { ...page, items: page.items.map((turn) => toTimelineTurn(turn, pricing, now())) }
      },
    )
  }
}
