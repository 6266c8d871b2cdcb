import { KINDS, type Kind } from '@skillwatch/schema'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'

/** The kinds under which a name is recorded, mostly one: indexes by skill begin with the kind. */
export function kindsOf(reader: Reader, projectId: number, skillName: string): Kind[] {
  const rows = all(
    reader.sqlite,
    reader.db
      .selectFrom('skill_metrics')
      .select('kind')
      .where('project_id', '=', projectId)
      .where('kind', 'in', KINDS)
      .where('skill_name', '=', skillName)
      .compile(),
  )
  return rows.map((row) => row.kind)
}
