import {
  type FindingsReply,
  type ParsedSimilarityReport,
  type ReportedSimilarity,
  redactShapes,
} from '@skillwatch/schema'
import { CLUSTER_COLUMNS, MEMBERSHIP_COLUMNS, SIMILARITY_COLUMNS } from '../../similarity/columns.ts'
import type { SkillKey } from '../findings/findings.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { createPutRun } from '../reports/put-run.ts'
import { ofRecordedSkills, recordedSkills } from '../reports/recorded-skills.ts'
import { ReportedRows } from '../reports/reported-rows.ts'
import { sumOfCounts } from '../reports/row-counts.ts'

/** Makes the function that replaces the similar skills and clusters of a project, in one transaction. */
export function createSaveSimilarities(storage: SqliteRecordingStorage) {
  const { sqlite, findings } = storage
  const similarities = new ReportedRows(sqlite, SIMILARITY_COLUMNS)
  const clusters = new ReportedRows(sqlite, CLUSTER_COLUMNS)
  const memberships = new ReportedRows(sqlite, MEMBERSHIP_COLUMNS)
  const putRun = createPutRun(sqlite, 'skill_similarity_run')
  return (projectId: number, report: ParsedSimilarityReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const isRecorded = recordedSkills((skill) => findings.hasCalls(projectId, skill))
      const similar = ofRecordedSkills(report.similarities.map(privateSimilarity), sidesOf, isRecorded)
      const stored = clustersOf(report, isRecorded)
      const scope = { project_id: projectId }
      const counts = sumOfCounts([
        similarities.replace(scope, similar, nowMs),
        clusters.replace(scope, stored.clusters, nowMs),
        memberships.replace(scope, stored.memberships, nowMs),
      ])
      putRun(projectId, report.run)
      const reported = report.similarities.length + report.clusters.length + report.memberships.length
      const kept = similar.length + stored.clusters.length + stored.memberships.length
      return { ...counts, skipped: reported - kept }
    })
}

/**
 * The clusters of which all members are recorded: the name of a cluster has those of members, which must not
 * bring back a deleted one.
 */
function clustersOf(report: ParsedSimilarityReport, isRecorded: (skill: SkillKey) => boolean) {
  const named = report.memberships.map((each) => ({ ...each, skill_name: redactShapes(each.skill_name) }))
  const kept = ofRecordedSkills(named, (each) => [each], isRecorded)
  const sizes = new Map<number, number>()
  for (const { cluster_id } of kept) sizes.set(cluster_id, (sizes.get(cluster_id) ?? 0) + 1)
  const clusters = report.clusters
    .filter(({ cluster_id, skill_count }) => sizes.get(cluster_id) === skill_count)
    .map((each) => ({ ...each, cluster_name: redactShapes(each.cluster_name) }))
  const ids = new Set(clusters.map(({ cluster_id }) => cluster_id))
  return { clusters, memberships: kept.filter(({ cluster_id }) => ids.has(cluster_id)) }
}

function sidesOf({ kind, skill_name, similar_kind, similar_name }: ReportedSimilarity): SkillKey[] {
  return [
    { kind, skill_name },
    { kind: similar_kind, skill_name: similar_name },
  ]
}

/** Without secrets, as all names are stored (R10). */
function privateSimilarity(each: ReportedSimilarity): ReportedSimilarity {
  return {
    ...each,
    skill_name: redactShapes(each.skill_name),
    similar_name: redactShapes(each.similar_name),
  }
}
