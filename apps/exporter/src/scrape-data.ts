import {
  activeSessionCount,
  databaseBytes,
  type LiveSeries,
  liveSeries,
  type Reader,
  snapshot,
  streamPosition,
  witnessOutcomes,
} from '@skillwatch/db'
import { type EndedSkill, readEndedSkills } from './completion.ts'

/** What one scrape tells of a project. All of it is of the same commit. */
export interface Snapshot {
  readonly series: readonly LiveSeries[]
  readonly endedSkills: readonly EndedSkill[]
  readonly witnesses: ReturnType<typeof witnessOutcomes>
  readonly activeSessionCount: number
  readonly changeOffset: number
  readonly databaseBytes: number
}

/** Reads roll-ups only: the cost follows the number of skills, not of invocations (R7). */
export function readSnapshot(reader: Reader, projectId: number, nowMs: number): Snapshot {
  return snapshot(reader, () => ({
    series: liveSeries(reader, projectId),
    endedSkills: readEndedSkills(reader, projectId),
    witnesses: witnessOutcomes(reader, projectId),
    activeSessionCount: activeSessionCount(reader, projectId, nowMs),
    changeOffset: streamPosition(reader, projectId).last_offset,
    databaseBytes: databaseBytes(reader),
  }))
}
