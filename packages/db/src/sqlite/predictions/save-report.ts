import type { FindingsReply, ParsedPredictionReport, PredictionRow } from '@skillwatch/schema'
import { toPredictionRow } from '../../predictions/to-prediction-row.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { ofRecordedSkills, recordedSkills } from '../reports/recorded-skills.ts'
import { ReportedRows } from '../reports/reported-rows.ts'

/** Makes the function that replaces the predictions of a project, in one transaction. */
export function createSavePredictions(storage: SqliteRecordingStorage) {
  const { sqlite, findings } = storage
  const rows = new ReportedRows<Omit<PredictionRow, 'project_id'>>(sqlite, {
    table: 'skill_prediction',
    key: ['kind', 'skill_name'],
    values: [
      ...(['calls', 'completed', 'verdict', 'base_rate', 'base_rate_low', 'base_rate_high'] as const),
      ...(['lacks', 'judgement', 'model'] as const),
    ],
  })
  const run = new ReportedRows<ParsedPredictionReport['run']>(sqlite, {
    table: 'skill_prediction_run',
    storedAt: 'computed_at_ms',
    key: [],
    values: ['since_ms', 'until_ms', 'time_zone', 'left_out'],
  })
  return (projectId: number, report: ParsedPredictionReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const isRecorded = recordedSkills((skill) => findings.hasCalls(projectId, skill))
      const reported = ofRecordedSkills(report.predictions.map(toPredictionRow), (row) => [row], isRecorded)
      const scope = { project_id: projectId }
      const counts = rows.replace(scope, reported, nowMs)
      run.replace(scope, [report.run], nowMs)
      return { ...counts, skipped: report.predictions.length - reported.length }
    })
}
