import type { FindingsReply, ParsedReport } from '@skillwatch/schema'
import { createSaveAffinities } from './affinity/save-report.ts'
import { createSaveBaselines } from './baselines/save-report.ts'
import { createSaveDependencies } from './dependencies/save-report.ts'
import { createSaveFindings } from './findings/save-report.ts'
import type { Writer } from './open.ts'
import { createSavePredictions } from './predictions/save-report.ts'
import type { SqliteRecordingStorage } from './recording/storage.ts'
import { createSaveSimilarities } from './similarity/save-report.ts'
import { createSaveWorkflow } from './workflow/save-report.ts'

/** Makes the function that stores a report of any type, each in one transaction. */
export function createSaveReport(writer: Writer, storage: SqliteRecordingStorage) {
  const saveFindings = createSaveFindings(writer, storage)
  const saveDependencies = createSaveDependencies(storage)
  const saveBaselines = createSaveBaselines(storage)
  const saveSimilarities = createSaveSimilarities(storage)
  const saveAffinities = createSaveAffinities(storage)
  const savePredictions = createSavePredictions(storage)
  const saveWorkflow = createSaveWorkflow(storage)
  return (projectId: number, report: ParsedReport, nowMs: number): FindingsReply => {
    switch (report.type) {
      case 'anomaly':
      case 'changed_version':
        return saveFindings(projectId, report, nowMs)
      case 'dependency':
        return saveDependencies(projectId, report, nowMs)
      case 'baseline':
        return saveBaselines(projectId, report, nowMs)
      case 'similarity':
        return saveSimilarities(projectId, report, nowMs)
      case 'affinity':
        return saveAffinities(projectId, report, nowMs)
      case 'prediction':
        return savePredictions(projectId, report, nowMs)
      case 'workflow':
        return saveWorkflow(projectId, report, nowMs)
      default:
        throw new TypeError(`unhandled report ${JSON.stringify(report satisfies never)}`)
    }
  }
}
