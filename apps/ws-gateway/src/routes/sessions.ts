import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getSession, listInvocations, listSessions } from '@skillwatch/db'
import { Invocation, SessionDetail, SessionSummary } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  cursorParameter,
  limitParameter,
  nameParameter,
  orderParameter,
  orNotFound,
  pageOf,
  parameters,
  problems,
  withCursor,
} from './parameters.ts'

const tags = ['sessions']
export const sessionParams = parameters({
  session_id: nameParameter('Percent-encoded, slashes too (`%2F`).'),
})

const listSchema = {
  tags,
  summary: 'Sessions by their last activity',
  querystring: parameters({
    prefix: Type.Optional(nameParameter('Only sessions whose id begins with it.')),
    order: orderParameter('`desc`: the latest active first.'),
    limit: limitParameter(100),
    cursor: cursorParameter,
  }),
  response: { 200: pageOf(SessionSummary), ...problems },
}

const sessionSchema = {
  tags,
  summary: 'One session with its skills',
  params: sessionParams,
  querystring: parameters({}),
  response: { 200: SessionDetail, ...orNotFound },
}

const callsSchema = {
  tags,
  summary: "One session's calls",
  description: 'All calls of the session by `invoked_at`, ascending.',
  params: sessionParams,
  querystring: parameters({ limit: limitParameter(100), cursor: cursorParameter }),
  response: { 200: pageOf(Invocation), ...orNotFound },
}

const config = { scope: 'read' } as const

export function sessionRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/sessions', { config, schema: listSchema }, async ({ project, query }) =>
      withCursor(() => listSessions(reader, project.project_id, query)),
    )

    app.get(
      '/sessions/:session_id',
      { config, schema: sessionSchema },
      async ({ project, params: { session_id } }) =>
        getSession(reader, project.project_id, session_id) ?? unknownSession(session_id),
    )

    app.get(
      '/sessions/:session_id/invocations',
      { config, schema: callsSchema },
      async ({ project: { project_id }, params: { session_id }, query }) => {
        const page = withCursor(() =>
          listInvocations(reader, project_id, { ...query, session_id, order: 'asc' }),
        )
        const isKnown = page.items.length > 0 || getSession(reader, project_id, session_id) !== undefined
        return isKnown ? page : unknownSession(session_id)
      },
    )
  }
}

export function unknownSession(sessionId: string): never {
  throw new ProblemError(
    'not-found',
    `nothing is recorded of session ${JSON.stringify(sessionId)}; see GET /v1/sessions`,
  )
}
