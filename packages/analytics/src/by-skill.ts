/** The rows of each skill, which follow each other. */
export function* bySkill<Row extends { readonly kind: string; readonly skill_name: string }>(
  rows: Iterable<Row>,
): Generator<Row[]> {
  let group: Row[] = []
  for (const row of rows) {
    const [first] = group
    if (first && (first.kind !== row.kind || first.skill_name !== row.skill_name)) {
      yield group
      group = []
    }
    group.push(row)
  }
  if (group.length > 0) yield group
}
