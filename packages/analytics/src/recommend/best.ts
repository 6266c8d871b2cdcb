/** An item and its score, with four digits. */
export type Scored<Item> = readonly [item: Item, score: number]

/**
 * The best by score, equal ones by name. Items without a score are left out. Reasons are made of these only:
 * formatting those of all would take most of a request.
 */
export function best<Item>(
  items: readonly Item[],
  scoreOf: (item: Item, index: number) => number,
  nameOf: (item: Item) => string,
  limit: number,
): Scored<Item>[] {
  return items
    .map((item, index): Scored<Item> => [item, Math.round(scoreOf(item, index) * 10_000) / 10_000])
    .filter(([, score]) => score > 0)
    .sort(([a, x], [b, y]) => y - x || (nameOf(a) < nameOf(b) ? -1 : 1))
    .slice(0, limit)
}

export function nameOfSkill({ skill_name }: { readonly skill_name: string }): string {
  return skill_name
}
