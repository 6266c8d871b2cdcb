import type { ParsedExperiment } from '@skillwatch/schema'
import {
  conflict,
  EXPERIMENTS_MAX,
  type ExperimentCreation,
  type ExperimentRefusal,
  noSuchExperiment,
} from '../../experiments/results.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import { CONFIG_COLUMNS, ExperimentStatements } from './experiments.ts'

/** Makes the functions that create and end experiments, each in one transaction. */
export function createChangeExperiments(storage: SqliteRecordingStorage) {
  const statements = new ExperimentStatements(storage.sqlite)
  return {
    /** The same experiment again changes nothing (R3); another one of its name is refused. */
    create: (projectId: number, experiment: ParsedExperiment, nowMs: number): ExperimentCreation =>
      storage.immediate(() => {
        const known = statements.find(projectId, experiment.test_name)
        if (known === undefined) {
          if (statements.count(projectId) >= EXPERIMENTS_MAX)
            return conflict(`the project has ${EXPERIMENTS_MAX} experiments, the most that it may have`)
          statements.insert(projectId, experiment, nowMs)
          return { result: 'accepted' }
        }
        const { start_date_ms = known.start_date_ms } = experiment
        const isSame =
          start_date_ms === known.start_date_ms &&
          CONFIG_COLUMNS.every((column) => known[column] === experiment[column])
        if (isSame) return { result: 'duplicate' }
        return conflict(
          'another experiment has this name, and experiments are not changed; take another name',
        )
      }),

    /** Ending it again in the same way changes nothing. Undefined: it has ended so. */
    end: (
      projectId: number,
      testName: string,
      status: 'concluded' | 'stopped',
      nowMs: number,
    ): ExperimentRefusal | undefined =>
      storage.immediate(() => {
        const known = statements.find(projectId, testName)
        if (known === undefined) return noSuchExperiment(testName)
        if (known.status === 'running') statements.end(known.test_id, status, nowMs)
        else if (known.status !== status) return conflict(`the experiment is ${known.status}`)
        return undefined
      }),

    /** Keeps what a concluded experiment shows; the first analysis stays. */
    saveAnalysis: (projectId: number, testName: string, analysis: string): void =>
      storage.immediate(() => {
        const known = statements.find(projectId, testName)
        if (known?.status === 'concluded') statements.saveAnalysis(known.test_id, analysis)
      }),
  }
}
