import {
  type DependencyReport,
  type DependencyUnit,
  type FindingsReply,
  parseReport,
} from '@skillwatch/schema'
import { aDependencyReport } from '@skillwatch/testkit'
import { listDependencies, listTransitions, type Reader, type Writer } from '../../src/index.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { createSaveReport } from '../../src/sqlite/save-report.ts'
import { NOW_MS, PROJECT } from '../database.ts'

/** The report as ingest would hand it to the recorder. */
export function parsedDependencies(overrides: Partial<DependencyReport>) {
  const result = parseReport(aDependencyReport(overrides), NOW_MS)
  if ('refusals' in result) throw new Error(JSON.stringify(result.refusals))
  return result.report
}

/** Saves reports in this thread. */
export function createSave(writer: Writer) {
  const save = createSaveReport(writer, new SqliteRecordingStorage(writer))
  return (overrides: Partial<DependencyReport>, nowMs = NOW_MS, projectId = PROJECT): FindingsReply =>
    save(projectId, parsedDependencies(overrides), nowMs)
}

const EVERY = { q_max: 1, limit: 1_000 }

/** All pairs of a unit as `deploy+plan`, and transitions as `plan>deploy`. */
export function namesOf(reader: Reader, unit: DependencyUnit = 'session', projectId = PROJECT): string[] {
  const pairs = listDependencies(reader, projectId, { unit, ...EVERY }).items
  const follows = listTransitions(reader, projectId, { unit, ...EVERY }).items
  return [
    ...pairs.map(({ skill_a, skill_b }) => `${skill_a}+${skill_b}`),
    ...follows.map(({ from_skill, to_skill }) => `${from_skill}>${to_skill}`),
  ]
}
