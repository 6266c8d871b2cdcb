import type { Kind, UseGroup } from '@skillwatch/schema'
import type { Endpoint } from '../http.ts'
import { isUsedBefore, readUseSums, USED_KINDS } from '../uses/read.ts'
import { type Span, spanBefore } from '../uses/window.ts'
import { readSkills } from './read.ts'
import { type Breakdown, keyOf, type SkillSums } from './rows.ts'

export interface SkillSumsQuery {
  readonly window: Span
  readonly kind: Kind | undefined
  readonly by: Breakdown | undefined
  readonly timeZone: string
}

/** The sums of a window and of the time before; single days are not compared. */
export async function readSkillSums(
  gateway: Endpoint,
  { window, kind, by, timeZone }: SkillSumsQuery,
  signal: AbortSignal,
): Promise<SkillSums> {
  const groups: UseGroup[] = by === undefined ? ['skill'] : ['skill', by]
  const sumsOf = (span: Span) => readUseSums(gateway, { ...span, kind, by: groups, timeZone }, signal)
  const [sums, before, isBeforeRecorded, lastUsed] = await Promise.all([
    sumsOf(window),
    by === 'day' ? undefined : sumsOf(spanBefore(window)),
    isUsedBefore(gateway, window.sinceMs, signal),
    by === undefined ? readLastUsed(gateway, kind, signal) : new Map<string, string>(),
  ])
  return { sums, before, isBeforeRecorded, lastUsed }
}

async function readLastUsed(
  gateway: Endpoint,
  kind: Kind | undefined,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const query = { order: 'last_invoked_at', limit: Number.POSITIVE_INFINITY } as const
  const kinds = kind === undefined ? USED_KINDS : [kind]
  const lists = await Promise.all(kinds.map((each) => readSkills(gateway, { ...query, kind: each }, signal)))
  return new Map(lists.flatMap(({ skills }) => skills.map((skill) => [keyOf(skill), skill.last_invoked_at])))
}
