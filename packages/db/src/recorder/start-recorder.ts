import { Recorder } from './recorder.ts'
import type { RecorderOptions } from './recorder-options.ts'
import { startWriterThread, type WriterThread } from './writer-thread.ts'

export interface StartRecorderOptions extends RecorderOptions {
  /** How thoroughly the file is checked first; `auto` checks quickly after an unclean stop only. */
  readonly integrityCheck?: 'auto' | 'quick' | 'full' | 'off'
}

/** A recorder on a database, and the migrations that were applied when it was opened. */
export interface StartedRecorder {
  readonly recorder: Recorder
  readonly migrated: WriterThread['migrated']
}

/**
 * Starts the one writer of a database in a thread of its own (R1): it makes the file when there is none,
 * checks and migrates it.
 * @throws {DatabaseError} `in-use` when another process writes, `not-ours`, `corrupt`, `newer`,
 * `unsupported`
 */
export async function startRecorder(
  databaseUrl: string,
  options: StartRecorderOptions,
): Promise<StartedRecorder> {
  const { integrityCheck = 'auto', now } = options
  const thread = await startWriterThread({ databaseUrl, integrityCheck, nowMs: now() })
  const recorder = new Recorder(thread, options)
  await recorder.resumeWork()
  return { recorder, migrated: thread.migrated }
}
