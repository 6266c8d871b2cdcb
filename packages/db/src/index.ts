export { createApiKey, findApiKey, hasApiKeys, hashApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
export { changes, readChanges, type StreamExtent, streamPosition } from './change-log.ts'
export { sqlitePath } from './database-url.ts'
export {
  asStorageUnavailable,
  DatabaseError,
  type DatabaseErrorKind,
  QueueFullError,
  StorageUnavailableError,
} from './errors.ts'
export {
  type MigrationStatus,
  type MigrationStep,
  migrateDown,
  migrateUp,
  migrationStatus,
  validateMigrations,
} from './migrate.ts'
export {
  createProject,
  DEFAULT_PROJECT,
  findProject,
  listProjects,
  type Project,
  type ProjectSettings,
  setStoreText,
} from './projects.ts'
export * from './queries/index.ts'
export type { DeletionSelector } from './recording/delete.ts'
export { TEXT_FIELDS, type TextField } from './recording/private-fields.ts'
export { privateObservation } from './recording/private-observation.ts'
export { createRecord, type RecordJob, type RecordOutcome } from './recording/record.ts'
export {
  createRecorder,
  type DeletionReceipt,
  type Recorder,
  type RecorderOptions,
} from './recording/recorder.ts'
export { type Difference, recount } from './recount.ts'
export {
  activeSessionCount,
  databaseBytes,
  type LiveSeries,
  liveSeries,
  witnessOutcomes,
} from './roll-ups/read.ts'
export { openReader, openWriter, type Reader, snapshot, type Writer, waitForReader } from './sqlite/open.ts'
