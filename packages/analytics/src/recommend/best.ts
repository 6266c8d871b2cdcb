import type { Recommendation } from '@skillwatch/schema'

/** The best by score, equal ones by name, each score with four digits. */
export function best(all: readonly Recommendation[], limit: number): Recommendation[] {
  return all
    .map((each) => ({ ...each, score: Math.round(each.score * 10_000) / 10_000 }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.skill_name < b.skill_name ? -1 : 1))
    .slice(0, limit)
}
