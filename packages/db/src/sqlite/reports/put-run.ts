import type BetterSqlite3 from 'better-sqlite3'

/** Makes the function that stores what the report of a project was computed from. */
export function createPutRun(sqlite: BetterSqlite3.Database, table: string) {
  return (project_id: number, run: object): void => {
    const columns = ['project_id', ...Object.keys(run)]
    sqlite
      .prepare<[object]>(
        `insert or replace into ${table} (${columns.join(', ')})
        values (${columns.map((column) => `@${column}`).join(', ')})`,
      )
      .run({ project_id, ...run })
  }
}
