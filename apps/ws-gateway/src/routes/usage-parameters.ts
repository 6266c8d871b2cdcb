import { Type } from 'typebox'
import { type Calendar, createCalendar } from '../usage/periods.ts'
import { defaulted, wrongParameter } from './parameters.ts'

export const timeZoneParameter = defaulted(
  Type.String({
    description: 'IANA time zone of days, weeks and months.',
    default: 'UTC',
    maxLength: 100,
  }),
)

/** @throws {ProblemError} naming what is not a group */
export function groupsOf<Group extends string>(by: string, all: readonly Group[]): Group[] {
  const groups = [...new Set(by.split(','))]
  const isWrong = groups.some((group) => !(all as readonly string[]).includes(group))
  if (isWrong) throw wrongParameter('by', `must be a comma list of ${all.join(', ')}`)
  return groups as Group[]
}

/** @throws {ProblemError} for a name that is no time zone */
export function calendarOf(timeZone: string): Calendar {
  try {
    return createCalendar(timeZone)
  } catch {
    throw wrongParameter('time_zone', 'must be an IANA time zone, such as Europe/Berlin')
  }
}
