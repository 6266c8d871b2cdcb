import { type Static, Type } from 'typebox'
import { AffinityReport } from './affinity.ts'
import { BaselineReport } from './baseline.ts'
import { DependencyReport } from './dependency.ts'
import { ChangedVersionReport, FindingsReport } from './finding.ts'
import { PredictionReport } from './prediction.ts'
import { SimilarityReport } from './similarity.ts'
import { WorkflowReport } from './workflow.ts'

/** The reports of analysis by their type. */
export const REPORTS = {
  anomaly: FindingsReport,
  dependency: DependencyReport,
  baseline: BaselineReport,
  similarity: SimilarityReport,
  affinity: AffinityReport,
  prediction: PredictionReport,
  workflow: WorkflowReport,
  changed_version: ChangedVersionReport,
} as const

/** What analysis concluded, of one type. */
export const AnalysisReport = Type.Union(
  [
    REPORTS.anomaly,
    REPORTS.dependency,
    REPORTS.baseline,
    REPORTS.similarity,
    REPORTS.affinity,
    REPORTS.prediction,
    REPORTS.workflow,
    REPORTS.changed_version,
  ],
  { description: 'What a run of analysis concluded; `type` says which fields it has.' },
)
export type AnalysisReport = Static<typeof AnalysisReport>
