import { type BaselineReport, type ParsedBaselineReport, parseBaselineReport } from '@skillwatch/schema'
import { aBaselineReport } from '@skillwatch/testkit'
import { listBaselines, type Writer } from '../../src/index.ts'
import { createSaveBaselines } from '../../src/sqlite/baselines/save-report.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { NOW_MS, PROJECT } from '../database.ts'

/** The report as ingest would hand it to the recorder. */
export function parsedReport(
  baselines: BaselineReport['baselines'],
  overrides?: Partial<BaselineReport>,
): ParsedBaselineReport {
  const result = parseBaselineReport(aBaselineReport(baselines, overrides), NOW_MS)
  if ('refusals' in result) throw new Error(JSON.stringify(result.refusals))
  return result.report
}

/** Saves reports in this thread. */
export function createSave(writer: Writer) {
  const save = createSaveBaselines(new SqliteRecordingStorage(writer))
  return (baselines: BaselineReport['baselines'], overrides?: Partial<BaselineReport>, nowMs = NOW_MS) =>
    save(PROJECT, parsedReport(baselines, overrides), nowMs)
}

/** All baselines of the project, by kind and name. */
export function storedBaselines(writer: Writer, projectId = PROJECT) {
  return listBaselines(writer, projectId, { order: 'asc', limit: 1_000 }).items
}
