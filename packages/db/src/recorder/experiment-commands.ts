import { createChangeExperiments } from '../sqlite/experiments/change-experiments.ts'
import { createSaveExperimentRecords } from '../sqlite/experiments/save-records.ts'
import type { Writer } from '../sqlite/open.ts'
import type { SqliteRecordingStorage } from '../sqlite/recording/storage.ts'
import type { WriterCommands } from './commands.ts'

type ExperimentCommands = Pick<
  WriterCommands,
  'createExperiment' | 'saveExperimentRecords' | 'endExperiment' | 'saveExperimentAnalysis'
>

/** The commands that write experiments. */
export function createExperimentCommands(
  writer: Writer,
  storage: SqliteRecordingStorage,
): ExperimentCommands {
  const { create, end, saveAnalysis } = createChangeExperiments(storage)
  return {
    createExperiment: async (projectId, experiment, nowMs) => create(projectId, experiment, nowMs),
    saveExperimentRecords: createSaveExperimentRecords(writer, storage),
    endExperiment: async (projectId, testName, status, nowMs) =>
      end(projectId, testName, status, nowMs) ?? null,
    saveExperimentAnalysis: async (projectId, testName, analysis) =>
      saveAnalysis(projectId, testName, analysis),
  }
}
