import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { useHours } from '@skillwatch/db'
import { formatInstant, USE_GROUPS, type UseGroup, UseSummaryReply } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { COUNTERS, labelsOfGroups, sumUses } from '../usage/sum-uses.ts'
import { kindParameter, nameParameter, parameters, problems } from './parameters.ts'
import { calendarOf, groupsOf, hasPeriod, sumParameters, sumWindow } from './usage-parameters.ts'

const DEFAULT_DAYS = 7

const querystring = parameters({
  ...sumParameters(USE_GROUPS, 'skill'),
  kind: kindParameter,
  skill_name: Type.Optional(nameParameter('Only this skill.')),
})

/** `GET /v1/uses/summary`: sums over uses. */
export function useSummaryRoutes({ reader, pricing, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/uses/summary',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['uses'],
          summary: 'What uses caused, summed',
          description:
            'Sums of uses by any of skill, kind, day, week, month, repository, branch, model and agent. ' +
            'Hours are given whole, also those that contain `since` and `until`. Without `until` up to now, ' +
            `without \`since\` the ${DEFAULT_DAYS} days before \`until\`; the answer names both. A use and ` +
            'its time count in the hour in which it began, calls and tokens in their own.',
          querystring,
          response: { 200: UseSummaryReply, ...problems },
        },
      },
      async ({ project, query: { since, until, by, time_zone, agent, ...labels } }) => {
        const groups = groupsOf<UseGroup>(by, USE_GROUPS)
        const calendar = calendarOf(time_zone)
        const { since_ms, until_ms } = sumWindow({ since, until }, { days: DEFAULT_DAYS, nowMs: now() })
        const window = { since_ms, until_ms, ...labels, agent_name: agent }
        const hours = useHours(reader, project.project_id, window, {
          by: labelsOfGroups(groups),
          counters: COUNTERS,
          splitAt: hasPeriod(groups) ? 'hour' : pricing.changesAtMs,
        })
        return {
          since: formatInstant(since_ms),
          until: formatInstant(until_ms),
          time_zone,
          by: groups,
          items: sumUses(hours, groups, calendar, pricing),
        }
      },
    )
  }
}
