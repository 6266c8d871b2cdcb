/** Some items with equal values of the fields that they are grouped by. */
export interface Group<Field extends string, Item> {
  readonly key: Readonly<Record<Field, string | null>>
  readonly items: readonly Item[]
}

/** Groups items by the values of fields. A group is found by a text, as many items belong to few groups. */
export function groupBy<Field extends string, Item>(
  items: readonly Item[],
  fields: readonly Field[],
  fieldOf: (item: Item, field: Field) => string | null,
): Group<Field, Item>[] {
  const groups = new Map<string, { key: Record<Field, string | null>; items: Item[] }>()
  for (const item of items) {
    const values = fields.map((field) => fieldOf(item, field))
    // Names hold no control characters, and unknown labels are null, never empty.
    const text = values.join('\0')
    const group = groups.get(text)
    if (group !== undefined) group.items.push(item)
    else groups.set(text, { key: keyOf(fields, values), items: [item] })
  }
  return [...groups.values()]
}

function keyOf<Field extends string>(
  fields: readonly Field[],
  values: readonly (string | null)[],
): Record<Field, string | null> {
  const entries = fields.map((field, index) => [field, values[index]])
  return Object.fromEntries(entries) as Record<Field, string | null>
}
