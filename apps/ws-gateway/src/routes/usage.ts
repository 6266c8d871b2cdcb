import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type UsageQuery, usageHours, usageHoursBySkill } from '@skillwatch/db'
import { formatInstant, USAGE_GROUPS, type UsageGroup, UsageReply } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { isBySkill, labelsOf, sumUsage } from '../usage/sum-usage.ts'
import { nameParameter, parameters, problems, wrongParameter } from './parameters.ts'
import { calendarOf, groupsOf, hasPeriod, sumParameters, sumWindow } from './usage-parameters.ts'

const DEFAULT_DAYS = 30

const querystring = parameters({
  ...sumParameters(USAGE_GROUPS, 'day'),
  session: Type.Optional(nameParameter('Only this session.')),
})

export function usageRoutes({ reader, pricing, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/usage',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['usage'],
          summary: 'Tokens and money',
          description:
            'Sums over calls and responses of models, by any of day, week, month, model, repository, ' +
            'branch, agent, session, skill and kind. By skill and kind they are what uses caused by ' +
            'themselves, and what no use caused; neither goes together with session. Hours are given whole, ' +
            'also those that contain `since` and `until`. Without ' +
            `\`until\` up to now, without \`since\` the ${DEFAULT_DAYS} days before \`until\`; the answer ` +
            'names both. A response counts once, whoever reports it.',
          querystring,
          response: { 200: UsageReply, ...problems },
        },
      },
      async ({ project, query: { since, until, by, time_zone, agent, session, ...filters } }) => {
        const groups = groupsOf<UsageGroup>(by, USAGE_GROUPS)
        const calendar = calendarOf(time_zone)
        const { since_ms, until_ms } = sumWindow({ since, until }, { days: DEFAULT_DAYS, nowMs: now() })
        const session_ids = session === undefined ? undefined : [session]
        const window = { since_ms, until_ms, ...filters, agent_name: agent, session_ids }
        const splitAt = hasPeriod(groups) ? 'hour' : pricing.changesAtMs
        const labels = labelsOf(groups)
        const hours = isBySkill(groups)
          ? usageHoursBySkill(reader, project.project_id, withoutSession(window, groups), {
              by: labels.filter((label) => label !== 'session_id'),
              splitAt,
            })
          : usageHours(reader, project.project_id, window, { by: labels, splitAt })
        return {
          since: formatInstant(since_ms),
          until: formatInstant(until_ms),
          time_zone,
          by: groups,
          ...sumUsage(hours, groups, calendar, pricing),
        }
      },
    )
  }
}

/** @throws {ProblemError} as uses are not summed per session */
function withoutSession(
  { session_ids, ...window }: UsageQuery & { since_ms: number },
  groups: readonly UsageGroup[],
): Omit<UsageQuery, 'session_ids'> & { since_ms: number } {
  if (session_ids === undefined && !groups.includes('session')) return window
  throw wrongParameter(
    'by',
    'has skill or kind, which do not go together with session; see GET /v1/uses?session_id=',
  )
}
