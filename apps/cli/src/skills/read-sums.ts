import type { Kind, UseGroup } from '@skillwatch/schema'
import type { Endpoint } from '../http.ts'
import { isUsedBefore, readUseSummary } from '../uses/read.ts'
import type { Span } from '../uses/window.ts'
import type { Breakdown, SkillSums } from './rows.ts'

export interface SkillSumsQuery {
  readonly window: Span
  readonly kind: Kind | undefined
  readonly by: Breakdown | undefined
  readonly timeZone: string
}

/** The sums of a window, compared with the time before; single days are not compared. */
export async function readSkillSums(
  gateway: Endpoint,
  { window, kind, by, timeZone }: SkillSumsQuery,
  signal: AbortSignal,
): Promise<SkillSums> {
  const groups: UseGroup[] = by === undefined ? ['skill'] : ['skill', by]
  const query = { ...window, kind, by: groups, timeZone, isCompared: by !== 'day' }
  const [{ items, before }, isBeforeRecorded] = await Promise.all([
    readUseSummary(gateway, query, signal),
    isUsedBefore(gateway, window.sinceMs, signal),
  ])
  return { sums: items, before, isBeforeRecorded }
}
