import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getSession, listInvocations, listSessions, snapshot } from '@skillwatch/db'
import { Invocation, SessionDetail, SessionSummary } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { withUsage } from '../usage/usage-of-sessions.ts'
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

export function sessionRoutes(deps: GatewayDeps): FastifyPluginAsyncTypebox {
  const { reader } = deps
  return async (app) => {
    app.get('/sessions', { config, schema: listSchema }, async ({ project: { project_id }, query }) =>
      snapshot(reader, () => {
        const page = withCursor(() => listSessions(reader, project_id, query))
        return { ...page, items: withUsage(deps, project_id, page.items) }
      }),
    )

    app.get(
      '/sessions/:session_id',
      { config, schema: sessionSchema },
      async ({ project: { project_id }, params: { session_id } }) =>
        snapshot(reader, () => {
          const session = getSession(reader, project_id, session_id) ?? unknownSession(session_id)
          return withUsage(deps, project_id, [session])[0]
        }),
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
