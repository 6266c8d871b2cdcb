import type { Kind, SkillOrder, SkillSummary } from '@skillwatch/schema'
import type { Endpoint } from '../http.ts'
import { readPages } from '../pages.ts'

export interface SkillQuery {
  readonly kind?: Kind | undefined
  readonly order: SkillOrder
  /** Skills at most. */
  readonly limit: number
}

/** The first skills in an order, and whether there are more. */
export async function readSkills(
  gateway: Endpoint,
  { kind, order, limit }: SkillQuery,
  signal: AbortSignal,
): Promise<{ skills: SkillSummary[]; isMore: boolean }> {
  const list = {
    path: '/v1/skills',
    keyOf: ({ kind, skill_name }: SkillSummary) => `${kind}\0${skill_name}`,
    query: { order_by: order, ...(kind !== undefined && { kind }) },
    limit,
  }
  const { items, isMore } = await readPages(gateway, list, signal)
  return { skills: items, isMore }
}
