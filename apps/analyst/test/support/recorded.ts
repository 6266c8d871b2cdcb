import {
  createRecorder,
  findProject,
  migrateUp,
  openWriter,
  type Recorder,
  type Writer,
} from '@skillwatch/db'
import { type Observation, parseObservation } from '@skillwatch/schema'
import { NOW_MS, temporaryFolder } from '@skillwatch/testkit'

export interface RecordedDatabase extends AsyncDisposable {
  readonly url: string
  readonly path: string
  readonly writer: Writer
  readonly recorder: Recorder
  readonly projectId: number
  /** Stores observations as ingest does; resolves after the commit. */
  record(observations: readonly Observation[], projectId?: number): Promise<void>
}

/**
 * A new database file with its writer.
 * @param nowMs the time at which all is recorded
 */
export async function recordedDatabase(
  observations: readonly Observation[] = [],
  nowMs = NOW_MS,
): Promise<RecordedDatabase> {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const path = `${folder.path}/skillwatch.db`
  const writer = stack.use(openWriter(`sqlite:${path}`))
  migrateUp(writer, nowMs)
  const { project_id } = findProject(writer, 'default')!
  const recorder = stack.use(
    createRecorder(writer, { queueItemsMax: 100_000, groupDelayMs: 0, now: () => nowMs }),
  )
  const record = async (more: readonly Observation[], projectId = project_id) => {
    await recorder.record(
      projectId,
      more.map((each) => parsed(each, nowMs)),
    )
  }
  await record(observations)
  return {
    ...{ url: `sqlite:${path}`, path, writer, recorder, projectId: project_id, record },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function parsed(observation: Observation, nowMs: number) {
  const result = parseObservation(observation, nowMs, () => crypto.randomUUID())
  if (!('observation' in result)) throw new TypeError(`${result.pointer}: ${result.reason}`)
  return result.observation
}
