import type { Refusal } from './first-error.ts'
import { type ParsedAffinityReport, parseAffinityReport } from './parse-affinities.ts'
import { type ParsedBaselineReport, parseBaselineReport } from './parse-baselines.ts'
import { type ParsedDependencyReport, parseDependencyReport } from './parse-dependencies.ts'
import { type ParsedFindingsReport, parseFindingsReport } from './parse-findings.ts'
import { type ParsedPredictionReport, parsePredictionReport } from './parse-predictions.ts'
import { type ParsedSimilarityReport, parseSimilarityReport } from './parse-similarities.ts'
import { type ParsedWorkflowReport, parseWorkflowReport } from './parse-workflow.ts'
import type { AnalysisReport } from './reports.ts'

/** A report of any type that passed every check. */
export type ParsedReport =
  | ParsedFindingsReport
  | ParsedDependencyReport
  | ParsedBaselineReport
  | ParsedSimilarityReport
  | ParsedAffinityReport
  | ParsedPredictionReport
  | ParsedWorkflowReport

/** Checks what the schema of a report cannot say, by the rules of its type. */
export function parseReport(
  report: AnalysisReport,
  nowMs: number,
): { report: ParsedReport } | { refusals: Refusal[] } {
  switch (report.type) {
    case 'anomaly':
    case 'changed_version':
      return parseFindingsReport(report, nowMs)
    case 'dependency':
      return parseDependencyReport(report, nowMs)
    case 'baseline':
      return parseBaselineReport(report, nowMs)
    case 'similarity':
      return parseSimilarityReport(report, nowMs)
    case 'affinity':
      return parseAffinityReport(report, nowMs)
    case 'prediction':
      return parsePredictionReport(report, nowMs)
    case 'workflow':
      return parseWorkflowReport(report, nowMs)
    default:
      throw new TypeError(`unhandled report ${JSON.stringify(report satisfies never)}`)
  }
}
