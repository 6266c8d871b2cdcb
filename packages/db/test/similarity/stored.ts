import { type AnalysisReport, parseReport } from '@skillwatch/schema'
import { affinitiesOf, listClusters, listSimilar, type Writer } from '../../src/index.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { createSaveReport } from '../../src/sqlite/save-report.ts'
import { NOW_MS, PROJECT } from '../database.ts'

/** The report as ingest would hand it to the recorder. */
export function parsedReport(report: AnalysisReport) {
  const result = parseReport(report, NOW_MS)
  if ('refusals' in result) throw new Error(JSON.stringify(result.refusals))
  return result.report
}

/** Saves reports in this thread. */
export function createSave(writer: Writer) {
  const save = createSaveReport(writer, new SqliteRecordingStorage(writer))
  return (report: AnalysisReport, nowMs = NOW_MS) => save(PROJECT, parsedReport(report), nowMs)
}

/** What is stored of some skills: `a~b` of similar ones, `a>b` of affinities, and the names of clusters. */
export function storedOf(writer: Writer, ...names: readonly string[]): string[] {
  const similar = names.flatMap((skill_name) =>
    listSimilar(writer, PROJECT, { skill_name, kind: 'skill', limit: 20 }),
  )
  const skills = names.map((skill_name) => ({ kind: 'skill' as const, skill_name }))
  return [
    ...similar.map(({ skill_name, similar_name }) => `${skill_name}~${similar_name}`),
    ...affinitiesOf(writer, PROJECT, skills).map(
      ({ skill_name, also_name }) => `${skill_name}>${also_name}`,
    ),
    ...listClusters(writer, PROJECT, { limit: 100 }).items.map(({ cluster_name }) => cluster_name),
  ]
}
