import type { Reader } from './open.ts'

/** The schema as SQL text, in a fixed order: what `schema.sql` holds for people to read. */
export function dumpSchema({ sqlite }: Reader): string {
  const statements = sqlite
    .prepare(
      `select sql from sqlite_schema where sql is not null and name not like 'sqlite_%'
      order by tbl_name, type desc, name`,
    )
    .pluck()
    .all() as string[]
  return `${statements.map((statement) => `${statement};`).join('\n\n')}\n`
}
