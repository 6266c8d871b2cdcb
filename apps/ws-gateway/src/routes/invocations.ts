import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getInvocationDetail, listInvocations } from '@skillwatch/db'
import { Invocation, InvocationDetail, Outcome } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  byTimeParameters,
  kindParameter,
  nameParameter,
  orNotFound,
  pageOf,
  parameters,
  problems,
  windowOf,
  withCursor,
} from './parameters.ts'

const filters = {
  kind: kindParameter,
  skill_name: Type.Optional(nameParameter('Exact name.')),
  session_id: Type.Optional(nameParameter('Exact id.')),
  outcome: Type.Optional(Outcome),
  workflow_phase: Type.Optional(nameParameter('Exact phase.')),
}

export function invocationRoutes({ reader, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/invocations',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['invocations'],
          summary: 'Invocations by time',
          description:
            'All given filters must match. One request examines a bounded number of invocations, so a ' +
            'page may be short or even empty and still have a `next_cursor`: continue until it is null.',
          querystring: parameters({
            ...filters,
            ...byTimeParameters('invoked_at'),
          }),
          response: { 200: pageOf(Invocation), ...problems },
        },
      },
      async ({ project, query: { since, until, ...query } }) => {
        const window = windowOf({ since, until }, now())
        return withCursor(() => listInvocations(reader, project.project_id, { ...query, ...window }))
      },
    )

    app.get(
      '/invocations/:invocation_id',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['invocations'],
          summary: 'One invocation, and what each witness reported of it',
          params: parameters({ invocation_id: nameParameter('Percent-encoded, slashes too (`%2F`).') }),
          querystring: parameters({}),
          response: { 200: InvocationDetail, ...orNotFound },
        },
      },
      async ({ project, params: { invocation_id } }) => {
        const invocation = getInvocationDetail(reader, project.project_id, invocation_id)
        if (invocation) return invocation
        throw new ProblemError('not-found', `there is no invocation ${JSON.stringify(invocation_id)}`)
      },
    )
  }
}
