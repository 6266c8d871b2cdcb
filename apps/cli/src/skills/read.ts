import { type Kind, type SkillOrder, SkillSummary } from '@skillwatch/schema'
import { Type } from 'typebox'
import { demandAs, type Endpoint } from '../http.ts'

export interface SkillQuery {
  readonly kind?: Kind | undefined
  readonly order: SkillOrder
  /** Skills at most. */
  readonly limit: number
}

const PAGE_ITEMS_MAX = 1_000

const SkillPage = Type.Object({
  items: Type.Array(SkillSummary),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
})

/** The first skills in an order, from as many pages as they take, and whether there are more. */
export async function readSkills(
  gateway: Endpoint,
  { kind, order, limit }: SkillQuery,
  signal: AbortSignal,
): Promise<{ skills: SkillSummary[]; isMore: boolean }> {
  // A skill that is called while pages are read may be on two of them.
  const skills = new Map<string, SkillSummary>()
  let cursor: string | null = null
  do {
    const query: URLSearchParams = new URLSearchParams({
      order_by: order,
      limit: String(Math.min(PAGE_ITEMS_MAX, limit - skills.size)),
      ...(kind !== undefined && { kind }),
      ...(cursor !== null && { cursor }),
    })
    const page: Type.Static<typeof SkillPage> = await demandAs(SkillPage, gateway, `/v1/skills?${query}`, {
      signal,
    })
    for (const skill of page.items) skills.set(`${skill.kind}\0${skill.skill_name}`, skill)
    cursor = page.next_cursor
  } while (cursor !== null && skills.size < limit)
  return { skills: [...skills.values()], isMore: cursor !== null }
}
