import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { lastInvoked, snapshot, type UseHoursQuery, useHours } from '@skillwatch/db'
import {
  formatInstant,
  USE_GROUPS,
  type UseGroup,
  type UseSummary,
  UseSummaryReply,
} from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { compareUses } from '../usage/compare-uses.ts'
import type { Calendar } from '../usage/periods.ts'
import { COUNTERS, countUses, labelsOfGroups, sumUses, textOf } from '../usage/sum-uses.ts'
import { kindParameter, nameParameter, parameters, problems, wrongParameter } from './parameters.ts'
import { calendarOf, groupsOf, hasPeriod, sumParameters, sumWindow } from './usage-parameters.ts'

const DEFAULT_DAYS = 7

const querystring = parameters({
  ...sumParameters(USE_GROUPS, 'skill'),
  kind: kindParameter,
  skill_name: Type.Optional(nameParameter('Only this skill.')),
  compare: Type.Optional(
    Type.Enum(['before'], {
      description:
        '`before`: count the uses of the equally long time before too. Not together with day, week and month.',
    }),
  ),
})

/** `GET /v1/uses/summary`: sums over uses. */
export function useSummaryRoutes(deps: GatewayDeps): FastifyPluginAsyncTypebox {
  const { reader, now } = deps
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
      async ({ project: { project_id }, query }) => {
        const { since, until, by, time_zone, compare, agent, ...labels } = query
        const groups = groupsOf<UseGroup>(by, USE_GROUPS)
        const calendar = calendarOf(time_zone)
        const window = sumWindow({ since, until }, { days: DEFAULT_DAYS, nowMs: now() })
        const filters = { ...labels, agent_name: agent }
        const asked = { groups, calendar, filters }
        if (compare !== undefined) demandNoPeriod(groups)
        return snapshot(reader, () => {
          const items = itemsOf(deps, project_id, window, asked)
          return {
            ...instantsOf(window),
            time_zone,
            by: groups,
            ...(compare === undefined ? { items } : compared(deps, project_id, items, window, asked)),
          }
        })
      },
    )
  }
}

interface Window {
  readonly since_ms: number
  readonly until_ms: number
}

/** What a request asks for, beside its window. */
interface Asked {
  readonly groups: readonly UseGroup[]
  readonly calendar: Calendar
  readonly filters: Omit<UseHoursQuery, keyof Window>
}

function itemsOf(
  { reader, pricing }: GatewayDeps,
  projectId: number,
  window: Window,
  { groups, calendar, filters }: Asked,
): UseSummary[] {
  const hours = useHours(
    reader,
    projectId,
    { ...window, ...filters },
    {
      by: labelsOfGroups(groups),
      counters: COUNTERS,
      splitAt: hasPeriod(groups) ? 'hour' : pricing.changesAtMs,
    },
  )
  const items = sumUses(hours, groups, calendar, pricing)
  const isBySkill = groups.length === 1 && groups[0] === 'skill'
  return isBySkill ? withLastInvoked(items, lastInvoked(reader, projectId)) : items
}

function withLastInvoked(items: UseSummary[], last: ReturnType<typeof lastInvoked>): UseSummary[] {
  const lastMs = new Map(last.map((skill) => [textOf(skill, ['skill']), skill.last_invoked_at_ms]))
  return items.map((item) => {
    const atMs = lastMs.get(textOf(item, ['skill']))
    return atMs === undefined ? item : { ...item, last_invoked_at: formatInstant(atMs) }
  })
}

/** The sums of a window with the uses of the equally long time before. */
function compared(
  { reader }: GatewayDeps,
  projectId: number,
  items: readonly UseSummary[],
  { since_ms, until_ms }: Window,
  { groups, calendar, filters }: Asked,
): Pick<UseSummaryReply, 'before' | 'items'> {
  const before = { since_ms: Math.max(0, 2 * since_ms - until_ms), until_ms: since_ms }
  const hours = useHours(
    reader,
    projectId,
    { ...before, ...filters },
    { by: labelsOfGroups(groups), counters: ['use_count'], splitAt: () => [] },
  )
  const { items: withBefore, noLongerUsed } = compareUses(items, countUses(hours, groups, calendar), groups)
  return { before: { ...instantsOf(before), no_longer_used: noLongerUsed }, items: withBefore }
}

function instantsOf({ since_ms, until_ms }: Window): { since: string; until: string } {
  return { since: formatInstant(since_ms), until: formatInstant(until_ms) }
}

/** @throws {ProblemError} as every day is in one window only */
function demandNoPeriod(groups: readonly UseGroup[]): void {
  if (hasPeriod(groups))
    throw wrongParameter('compare', 'does not go together with day, week and month in `by`')
}
