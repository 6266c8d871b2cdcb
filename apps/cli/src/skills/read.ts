import { type Kind, type SkillOrder, SkillSummary } from '@skillwatch/schema'
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
  const { items, isMore } = await readPages(
    gateway,
    {
      path: '/v1/skills',
      item: SkillSummary,
      keyOf: ({ kind, skill_name }) => `${kind}\0${skill_name}`,
      query: { order_by: order, ...(kind !== undefined && { kind }) },
      limit,
    },
    signal,
  )
  return { skills: items, isMore }
}
