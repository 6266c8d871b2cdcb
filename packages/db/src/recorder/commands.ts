import type {
  AgentCall,
  ApiKey,
  ApiRequest,
  ChangeProject,
  CreateApiKey,
  CreatedApiKey,
  FindingsReply,
  ParsedExperiment,
  ParsedExperimentRecord,
  ParsedReport,
  ParsedSkillScan,
  SkillScanReply,
} from '@skillwatch/schema'
import type { DeletionReceipt } from '../deletions.ts'
import type {
  ExperimentCreation,
  ExperimentRecordResult,
  ExperimentRefusal,
} from '../experiments/results.ts'
import type { ProjectSettings } from '../projects.ts'
import type { RecordJob, RecordOutcome } from '../recording/record.ts'
import type { Corrections } from '../recount.ts'
import type { RollUpCorrection } from '../repair.ts'
import type { ApiRequestOutcome } from '../sqlite/recording/api-requests.ts'
import type { DeletionStep } from '../sqlite/recording/deletion.ts'
import type { DeletionSelector } from '../sqlite/recording/selector.ts'
import type { TaxonomyChange, TaxonomyOutcome } from '../sqlite/taxonomy/changes.ts'

/** What became of a group. */
export interface GroupResult {
  /** Per job and item. `refused` items could not be stored, whatever the group; all others are committed. */
  readonly outcomes: readonly (readonly (RecordOutcome | 'refused')[])[]
  /** Why an item of a job was refused, by the number of the job. */
  readonly refusals: Readonly<Record<number, string>>
  /** Whether the correlation of a large trace is left to be continued. */
  readonly hasCascades: boolean
  /** How many phases were counted as `_other` for Prometheus since the start. */
  readonly otherPhases: number
}

/**
 * Everything that writes the database. The recorder calls these by message, as they run in the writer's
 * thread; arguments and results are JSON.
 */
export interface WriterCommands {
  record(jobs: readonly RecordJob[], nowMs: number): Promise<GroupResult>
  continueCascades(nowMs: number): Promise<boolean>
  /**
   * Derives turns and uses that are marked, for about so many milliseconds.
   * @returns whether any mark may be left
   */
  deriveTurns(timeMs: number): Promise<boolean>
  deleteStep(
    projectId: number,
    selector: DeletionSelector,
    limit: number,
    nowMs: number,
  ): Promise<DeletionStep>
  saveDeletion(receipt: DeletionReceipt): Promise<void>
  finaliseDeletions(receiptIds: readonly string[], nowMs: number): Promise<void>
  pendingDeletions(): Promise<DeletionReceipt[]>
  /** False while a reader still reads an old state. */
  truncateLog(): Promise<boolean>
  recordApiRequests(
    projectId: number,
    requests: readonly ApiRequest[],
    nowMs: number,
  ): Promise<ApiRequestOutcome[]>
  saveReport(projectId: number, report: ParsedReport, nowMs: number): Promise<FindingsReply>
  createExperiment(
    projectId: number,
    experiment: ParsedExperiment,
    nowMs: number,
  ): Promise<ExperimentCreation>
  saveExperimentRecords(
    projectId: number,
    records: readonly ParsedExperimentRecord[],
    nowMs: number,
  ): Promise<ExperimentRecordResult[]>
  /** Null when it has ended so. */
  endExperiment(
    projectId: number,
    testName: string,
    status: 'concluded' | 'stopped',
    nowMs: number,
  ): Promise<ExperimentRefusal | null>
  saveExperimentAnalysis(projectId: number, testName: string, analysis: string): Promise<void>
  saveScan(projectId: number, scan: ParsedSkillScan, nowMs: number): Promise<SkillScanReply>
  changeTaxonomy(projectId: number, change: TaxonomyChange, nowMs: number): Promise<TaxonomyOutcome>
  saveAgentCalls(projectId: number, calls: readonly AgentCall[]): Promise<void>
  createApiKey(key: CreateApiKey, nowMs: number): Promise<CreatedApiKey>
  /** Null when there is no such key. */
  revokeApiKey(apiKeyId: string, nowMs: number): Promise<ApiKey | null>
  /** Makes it when it is missing. */
  ensureProject(project: string, nowMs: number): Promise<ProjectSettings>
  /** Null when there is no such project. */
  changeProject(project: string, change: ChangeProject): Promise<ProjectSettings | null>
  markTurns(turns: Corrections['turns']): Promise<void>
  repair(corrections: readonly RollUpCorrection[]): Promise<void>
  prune(nowMs: number): Promise<void>
  /** Writes something that changes nothing, to find out whether the database takes writes. */
  probe(): Promise<void>
}

export type CommandName = keyof WriterCommands

/**
 * Where the recorder sends commands: the writer's thread, or the same thread in tests that reach into the
 * writer.
 */
export interface WriterPort {
  /** The path of the database file. */
  readonly path: string
  call<C extends CommandName>(
    command: C,
    ...parameters: Parameters<WriterCommands[C]>
  ): Promise<Awaited<ReturnType<WriterCommands[C]>>>
  close(): Promise<void>
}
