import { asStorageUnavailable } from '../errors.ts'
import { type RecordJob, type RecordOutcome, record } from '../recording/record.ts'
import type { RecordingStorage } from '../recording/storage.ts'

/** Outcomes by job and item, and why items were refused, by the number of their job. */
export interface RecordedGroup {
  readonly outcomes: (RecordOutcome | 'refused')[][]
  readonly refusals: Record<number, string>
}

/**
 * Records a group. An item that the database cannot take never takes others with it (R9): when the
 * transaction fails, the group is recorded in halves, down to the single item.
 * @throws {StorageUnavailableError} the database refuses all writes; nothing of what was left was stored
 */
export async function recordGroup(
  storage: RecordingStorage,
  jobs: readonly RecordJob[],
  nowMs: number,
): Promise<RecordedGroup> {
  const refusals: Record<number, string> = {}
  const recordSome = async (
    some: readonly RecordJob[],
    first: number,
  ): Promise<RecordedGroup['outcomes']> => {
    try {
      return await record(storage, some, nowMs)
    } catch (error) {
      const unavailable = asStorageUnavailable(error)
      if (unavailable !== undefined) throw unavailable
      const halves = splitJobs(some)
      if (halves === undefined) {
        refusals[first] = error instanceof Error ? error.message : String(error)
        return some.map(({ observations }) => observations.map(() => 'refused' as const))
      }
      return joinOutcomes(
        some,
        await recordSome(halves.head, first),
        await recordSome(halves.tail, first + halves.firstOfTail),
      )
    }
  }
  return { outcomes: await recordSome(jobs, 0), refusals }
}

interface Halves {
  readonly head: readonly RecordJob[]
  readonly tail: readonly RecordJob[]
  /** The job in which the second half begins. */
  readonly firstOfTail: number
}

/** Two halves of a group, in order; undefined when it has one item. */
function splitJobs(jobs: readonly RecordJob[]): Halves | undefined {
  if (jobs.length > 1) {
    const middle = jobs.length >> 1
    return { head: jobs.slice(0, middle), tail: jobs.slice(middle), firstOfTail: middle }
  }
  const [job] = jobs
  if (job === undefined || job.observations.length < 2) return undefined
  const middle = job.observations.length >> 1
  return {
    head: [{ ...job, observations: job.observations.slice(0, middle) }],
    tail: [{ ...job, observations: job.observations.slice(middle) }],
    firstOfTail: 0,
  }
}

function joinOutcomes(
  jobs: readonly RecordJob[],
  head: RecordedGroup['outcomes'],
  tail: RecordedGroup['outcomes'],
): RecordedGroup['outcomes'] {
  return jobs.length > 1 ? [...head, ...tail] : [[...head[0]!, ...tail[0]!]]
}
