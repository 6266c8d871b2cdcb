import { type Finding, type FindingsReply, parseFindingsReport } from '@skillwatch/schema'
import { anObservation, aReport } from '@skillwatch/testkit'
import { listFindings, type Recorder, type Writer } from '../../src/index.ts'
import { createSaveFindings } from '../../src/sqlite/findings/save-report.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { createRecord, NOW_MS, PROJECT, parsed } from '../database.ts'

type Window = Parameters<typeof aReport>[1]

/** The report as ingest would hand it to the recorder. */
function parsedReport(findings: readonly Finding[], window?: Window) {
  const result = parseFindingsReport(aReport(findings, window), NOW_MS)
  if ('refusals' in result) throw new Error(JSON.stringify(result.refusals))
  return result.report
}

/** Saves reports in this thread. @param keptMax how many findings the project keeps */
export function createSave(writer: Writer, keptMax?: number) {
  const save = createSaveFindings(writer, new SqliteRecordingStorage(writer), keptMax)
  return (findings: readonly Finding[], window?: Window, nowMs = NOW_MS): FindingsReply =>
    save(PROJECT, parsedReport(findings, window), nowMs)
}

export function post(
  recorder: Recorder,
  findings: readonly Finding[],
  window?: Window,
): Promise<FindingsReply> {
  return recorder.recordFindings(PROJECT, parsedReport(findings, window))
}

/** Records one call of each skill. */
export async function callSkills(writer: Writer, ...names: readonly string[]): Promise<void> {
  const observations = names.map((skill_name) =>
    parsed(anObservation({ skill_name, invocation_id: `call of ${skill_name}` })),
  )
  await createRecord(writer)([{ projectId: PROJECT, observations }], NOW_MS)
}

/** All findings of the project by their id. */
export function storedFindings(writer: Writer): Finding[] {
  const { items } = listFindings(writer, PROJECT, { state: 'all', order: 'asc', limit: 1_000 })
  return items.sort((a, b) => (a.finding_id < b.finding_id ? -1 : 1))
}
