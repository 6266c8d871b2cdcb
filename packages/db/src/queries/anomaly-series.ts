import type { SkillAnomalySeriesTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'

/** How many findings of a skill were stored while they were new. The count never falls. */
export type AnomalySeries = Omit<Selectable<SkillAnomalySeriesTable>, 'project_id'>

/** All series of a project, in order of their creation. */
export function anomalySeries({ sqlite, db }: Reader, projectId: number): AnomalySeries[] {
  const query = db
    .selectFrom('skill_anomaly_series')
    .select(['series_id', 'kind', 'skill_name', 'subtype', 'finding_count'])
    .where('project_id', '=', projectId)
    .orderBy('series_id')
  return all(sqlite, query.compile())
}
