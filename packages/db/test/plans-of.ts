import type { Reader } from '../src/index.ts'

/** How SQLite would run each statement that is prepared meanwhile. */
export async function plansOf(
  { sqlite }: Reader,
  run: () => void | Promise<void>,
): Promise<{ sql: string; plan: string[] }[]> {
  const prepare = sqlite.prepare.bind(sqlite)
  const statements = new Set<string>()
  sqlite.prepare = ((sql: string) => {
    statements.add(sql)
    return prepare(sql)
  }) as typeof sqlite.prepare
  await run()
  return [...statements].map((sql) => {
    const places = Array.from(sql.matchAll(/\?/g), () => null)
    const names = Object.fromEntries(Array.from(sql.matchAll(/@(\w+)/g), ([, name]) => [name, null]))
    const rows = prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...places, names)
    return { sql, plan: rows.map((row) => row.detail) }
  })
}
