export { AGENT_CALLS_MAX, agentCalls } from './agent-calls.ts'
export { createApiKey, findApiKey, hasApiKeys, hashApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
export {
  changedRowIds,
  changes,
  type DerivedChange,
  type LoggedChange,
  readChanges,
  type StreamExtent,
  streamPosition,
} from './change-log.ts'
export { sqlitePath } from './database-url.ts'
export { type DeletionReceipt, findDeletion, pendingDeletions } from './deletions.ts'
export {
  asStorageUnavailable,
  DatabaseError,
  type DatabaseErrorKind,
  QueueFullError,
  StorageUnavailableError,
  WriterEndedError,
} from './errors.ts'
export type {
  ExperimentCreation,
  ExperimentRecordResult,
  ExperimentRefusal,
} from './experiments/results.ts'
export {
  type MigrationStatus,
  type MigrationStep,
  migrateDown,
  migrateUp,
  migrationStatus,
  validateMigrations,
} from './migrate.ts'
export {
  changeProject,
  createProject,
  DEFAULT_PROJECT,
  findOpenProject,
  findProject,
  listProjects,
  type Project,
  type ProjectSettings,
} from './projects.ts'
export * from './queries/index.ts'
export { Recorder } from './recorder/recorder.ts'
export type { RecorderOptions } from './recorder/recorder-options.ts'
export type { RepairReport } from './recorder/repair-roll-ups.ts'
export { createRecorder } from './recorder/same-thread.ts'
export { type StartedRecorder, type StartRecorderOptions, startRecorder } from './recorder/start-recorder.ts'
export { privateObservation, type RecordOutcome, redactLine } from './recording/index.ts'
export { type Difference, recount } from './recount.ts'
export {
  activeSessionCount,
  databaseBytes,
  type LiveSeries,
  liveSeries,
  witnessOutcomes,
} from './roll-ups/read.ts'
export { formerSpoolFolder, formerSpoolOwner, SPOOL_OWNER_FILE, spoolOwner } from './spool-owner.ts'
export { lockFile } from './sqlite/file-lock.ts'
export { openReader, openWriter, type Reader, snapshot, type Writer, waitForReader } from './sqlite/open.ts'
export type { ApiRequestOutcome } from './sqlite/recording/api-requests.ts'
export type { DeletionSelector } from './sqlite/recording/selector.ts'
export type { TaxonomyChange, TaxonomyOutcome } from './sqlite/taxonomy/changes.ts'
export { toInvocation } from './to-invocation.ts'
