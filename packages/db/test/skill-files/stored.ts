import { parseSkillScan, type SkillScan } from '@skillwatch/schema'
import { aScan } from '@skillwatch/testkit'
import { listSkillFiles, type Writer } from '../../src/index.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { createSaveScan } from '../../src/sqlite/skill-files/save-scan.ts'
import { NOW_MS, PROJECT } from '../database.ts'

/** The scan as ingest would hand it to the recorder. */
export function parsedScan(files: SkillScan['files'], overrides?: Partial<SkillScan>) {
  const result = parseSkillScan(aScan(files, overrides), NOW_MS)
  if ('refusals' in result) throw new Error(JSON.stringify(result.refusals))
  return result.scan
}

/** Saves scans in this thread. */
export function createSave(writer: Writer, keptMax?: number) {
  const save = createSaveScan(writer, new SqliteRecordingStorage(writer), keptMax)
  return (files: SkillScan['files'], overrides?: Partial<SkillScan>) =>
    save(PROJECT, parsedScan(files, overrides), NOW_MS)
}

export function storedFiles(writer: Writer) {
  return listSkillFiles(writer, PROJECT, { limit: 1_000 }).items
}
