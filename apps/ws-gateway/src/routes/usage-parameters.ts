import type { UsageGroup, UseGroup } from '@skillwatch/schema'
import { Type } from 'typebox'
import { type Calendar, createCalendar, isPeriod } from '../usage/periods.ts'
import {
  defaulted,
  nameParameter,
  sinceParameter,
  untilParameter,
  windowOf,
  wrongParameter,
} from './parameters.ts'

const DAY_MS = 86_400_000

const timeZoneParameter = defaulted(
  Type.String({
    description: 'IANA time zone of days, weeks and months.',
    default: 'UTC',
    maxLength: 100,
  }),
)

/** Parameters of sums over a window. @param byDefault what is summed by when `by` is not given */
export const sumParameters = (groups: readonly string[], byDefault: string) => ({
  by: defaulted(
    Type.String({
      description: `What to sum by: a comma list of ${groups.join(', ')}.`,
      default: byDefault,
      maxLength: 100,
    }),
  ),
  since: sinceParameter,
  until: untilParameter,
  time_zone: timeZoneParameter,
  model: Type.Optional(nameParameter('Only this model.')),
  repository: Type.Optional(nameParameter('Only this repository.')),
  branch: Type.Optional(nameParameter('Only this branch.')),
  agent: Type.Optional(nameParameter('Only this agent.')),
})

/** The window of sums: up to now without `until`, and so many days without `since`. */
export function sumWindow(
  query: Parameters<typeof windowOf>[0],
  { days, nowMs }: { days: number; nowMs: number },
): { since_ms: number; until_ms: number } {
  const { since_ms, until_ms = nowMs } = windowOf(query, nowMs)
  return { since_ms: since_ms ?? until_ms - days * DAY_MS, until_ms }
}

/** @throws {ProblemError} naming what is not a group */
export function groupsOf<Group extends string>(by: string, all: readonly Group[]): Group[] {
  const groups = [...new Set(by.split(','))]
  const isWrong = groups.some((group) => !(all as readonly string[]).includes(group))
  if (isWrong) throw wrongParameter('by', `must be a comma list of ${all.join(', ')}`)
  return groups as Group[]
}

/** Whether sums are kept apart by time. */
export function hasPeriod(groups: readonly (UsageGroup | UseGroup)[]): boolean {
  return groups.some(isPeriod)
}

/** @throws {ProblemError} for a name that is no time zone */
export function calendarOf(timeZone: string): Calendar {
  try {
    return createCalendar(timeZone)
  } catch {
    throw wrongParameter('time_zone', 'must be an IANA time zone, such as Europe/Berlin')
  }
}
