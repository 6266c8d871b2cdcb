import type { FindingsReply, ParsedPredictionReport, PredictionRow } from '@skillwatch/schema'
import { toPredictionRow } from '../../predictions/to-prediction-row.ts'
import { firstOfRecorded, ProjectRows } from '../project-rows.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'

/** Makes the function that replaces the predictions of a project, in one transaction. */
export function createSavePredictions(storage: SqliteRecordingStorage) {
  const { sqlite, findings } = storage
  const rows = new ProjectRows<Omit<PredictionRow, 'project_id'>>(sqlite, {
    table: 'skill_prediction',
    key: ['kind', 'skill_name'],
    values: [
      ...(['calls', 'completed', 'verdict', 'base_rate', 'base_rate_low', 'base_rate_high'] as const),
      ...(['lacks', 'judgement', 'model'] as const),
    ],
  })
  const run = new ProjectRows<ParsedPredictionReport['run']>(
    sqlite,
    { table: 'skill_prediction_run', key: [], values: ['since_ms', 'until_ms', 'time_zone', 'left_out'] },
    'computed_at_ms',
  )
  return (projectId: number, report: ParsedPredictionReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const reported = firstOfRecorded(
        report.predictions.map(toPredictionRow),
        ({ kind, skill_name }) => [kind, skill_name],
        (skill) => findings.hasCalls(projectId, skill),
      )
      const counts = rows.replace(projectId, reported, nowMs)
      run.replace(projectId, [report.run], nowMs)
      return { ...counts, skipped: report.predictions.length - reported.length }
    })
}
