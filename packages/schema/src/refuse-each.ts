import type { Refusal } from './first-error.ts'

/**
 * What is wrong with the items of a list: at most one refusal for each, and an item that is in it before.
 * @param refuse what is wrong with an item by itself; nothing by default
 */
export function refuseEach<Item>(
  list: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  refuse: (item: Item) => Refusal | undefined = () => undefined,
): Refusal[] {
  const keys = new Set<string>()
  return items.flatMap((item, index) => {
    const key = keyOf(item)
    const refusal = keys.has(key) ? { pointer: '', reason: 'is in the report before' } : refuse(item)
    keys.add(key)
    return refusal === undefined ? [] : { ...refusal, pointer: `/${list}/${index}${refusal.pointer}` }
  })
}
