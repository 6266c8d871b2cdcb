import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { overview, usageHours } from '@skillwatch/db'
import { Overview } from '@skillwatch/schema'
import type { GatewayDeps } from '../deps.ts'
import { createCalendar } from '../usage/periods.ts'
import { sumUsage } from '../usage/sum-usage.ts'
import { instantParameter, parameters, problems, sinceParameter, untilParameter } from './parameters.ts'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 7
const SKILLS_MAX = 10

export function overviewRoutes({ reader, pricing, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/overview',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['overview'],
          summary: 'What was recorded lately',
          description:
            'Sessions, invocations by kind, the most frequent skills, and tokens and money of a window. ' +
            'Hours are given whole, also those that contain `since` and `until`. Without `until` up to now, ' +
            `without \`since\` the ${DEFAULT_DAYS} days before \`until\`; the answer names both.`,
          querystring: parameters({ since: sinceParameter, until: untilParameter }),
          response: { 200: Overview, ...problems },
        },
      },
      async ({ project: { project_id }, query: { since, until } }) => {
        const until_ms = instantParameter('until', until, now()) ?? now()
        const since_ms = instantParameter('since', since, now()) ?? until_ms - DEFAULT_DAYS * DAY_MS
        const splitAt = pricing.changesAtMs
        const hours = usageHours(reader, project_id, { since_ms, until_ms }, { by: [], splitAt })
        const usage = sumUsage(hours, [], createCalendar('UTC'), pricing).totals
        return { ...overview(reader, project_id, { since_ms, until_ms, skills: SKILLS_MAX }), usage }
      },
    )
  }
}
