import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { timeSeries } from '@skillwatch/db'
import { TimeSeriesPoint } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  cursorParameter,
  instantParameter,
  kindParameter,
  limitParameter,
  nameParameter,
  pageOf,
  parameters,
  problems,
  sinceParameter,
  untilParameter,
  withCursor,
} from './parameters.ts'

const DAY_MS = 86_400_000

export function timeSeriesRoutes({ reader, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/time-series',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['time series'],
          summary: 'Skills by the hour',
          description:
            'One item per hour and skill, ascending; hours without invocations are absent. Hours are ' +
            'given whole, also those that contain `since` and `until`. Without `until` up to now, without ' +
            '`since` the 24 hours before `until`.',
          querystring: parameters({
            kind: kindParameter,
            skill_name: Type.Optional(nameParameter('Exact name.')),
            since: sinceParameter,
            until: untilParameter,
            limit: limitParameter(1_000),
            cursor: cursorParameter,
          }),
          response: { 200: pageOf(TimeSeriesPoint), ...problems },
        },
      },
      async ({ project, query: { since, until, ...query } }) => {
        const until_ms = instantParameter('until', until, now()) ?? now()
        const since_ms = instantParameter('since', since, now()) ?? until_ms - DAY_MS
        return withCursor(() => timeSeries(reader, project.project_id, { ...query, since_ms, until_ms }))
      },
    )
  }
}
