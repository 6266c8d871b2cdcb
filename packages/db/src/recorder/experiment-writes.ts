import type { ParsedExperiment, ParsedExperimentRecord } from '@skillwatch/schema'
import type {
  ExperimentCreation,
  ExperimentRecordResult,
  ExperimentRefusal,
} from '../experiments/results.ts'
import type { WriterPort } from './commands.ts'

/** What is written of experiments. Each call resolves after its commit (R2). */
export class ExperimentWrites {
  readonly #call: WriterPort['call']
  readonly #now: () => number

  constructor(call: WriterPort['call'], now: () => number) {
    this.#call = call
    this.#now = now
  }

  /** The same experiment again changes nothing (R3). */
  create(projectId: number, experiment: ParsedExperiment): Promise<ExperimentCreation> {
    return this.#call('createExperiment', projectId, experiment, this.#now())
  }

  /** Assigns users and stores their outcomes, in this order. @returns a result for each record */
  record(projectId: number, records: readonly ParsedExperimentRecord[]): Promise<ExperimentRecordResult[]> {
    return this.#call('saveExperimentRecords', projectId, records, this.#now())
  }

  /** Takes no more users and outcomes. @returns why not, when it has ended in the other way */
  async end(
    projectId: number,
    testName: string,
    status: 'concluded' | 'stopped',
  ): Promise<ExperimentRefusal | undefined> {
    return (await this.#call('endExperiment', projectId, testName, status, this.#now())) ?? undefined
  }

  /** Keeps the analysis of a concluded experiment, as JSON; the first one stays. */
  saveAnalysis(projectId: number, testName: string, analysis: string): Promise<void> {
    return this.#call('saveExperimentAnalysis', projectId, testName, analysis)
  }
}
