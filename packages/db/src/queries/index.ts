export type { WorkSums } from '../turns/work-sums.ts'
export { type AnomalySeries, anomalySeries } from './anomaly-series.ts'
export { type BaselinesQuery, getBaselineRun, listBaselines } from './baselines.ts'
export { type CallsByPerson, callsByPerson } from './calls-by-person.ts'
export { getCoverage, listCoverage } from './coverage.ts'
export { CursorError, type Page } from './cursor.ts'
export { checkIntegrity, countInvocations, type IntegrityCheck } from './database-facts.ts'
export {
  type DependenciesQuery,
  type DependencyPage,
  listDependencies,
  listTransitions,
  type TransitionsQuery,
} from './dependencies.ts'
export { type DependencyUnits, dependencyUnits, type UnitCall } from './dependency-units.ts'
export { type EndedSkill, endedSkills } from './ended-skills.ts'
export {
  type ExperimentSample,
  type ExperimentsQuery,
  type ExperimentWithUsers,
  experimentSamples,
  findExperiment,
  getExperiment,
  listExperiments,
} from './experiments.ts'
export { type FindingsQuery, listFindings } from './findings.ts'
export { type HourSlice, hourSlices, slicesOfRows } from './hour-slices.ts'
export { type HourlyCalls, hourlyCalls } from './hourly-calls.ts'
export { getInvocationDetail } from './invocation-detail.ts'
export type { InvocationsQuery } from './invocation-index.ts'
export { listInvocations } from './invocations.ts'
export { kindsOf } from './kinds-of.ts'
export { lastInvoked } from './last-invoked.ts'
export { type OverviewQuery, overview } from './overview.ts'
export {
  type EndedCount,
  endedSince,
  getPrediction,
  getPredictionRun,
  type PredictionSuccess,
  predictionSuccess,
  sessionBegin,
} from './predictions.ts'
export { promptOfInvocation } from './prompt-of-invocation.ts'
export {
  affinitiesOf,
  type CalledSkill,
  recommendableBaselines,
  recommendableSkills,
  skillsOfPhase,
  skillsOfUser,
} from './recommendations.ts'
export { type CallOfSession, lastCallsOfSession, sessionCalls } from './session-calls.ts'
export { getSession, listSessions, type SessionsQuery } from './sessions.ts'
export {
  type ClustersQuery,
  getSimilarityRun,
  listClusters,
  listSimilar,
  type SimilarQuery,
} from './similar.ts'
export {
  type ContentChange,
  type CountedUse,
  callsOfSkills,
  contentChanges,
  countedUses,
  descriptionsOfSkills,
  installedFiles,
  lastScannedAt,
  listSkillFiles,
  type SkillFilesQuery,
} from './skill-files.ts'
export type { SkillMetricsRow } from './skill-summary.ts'
export {
  getSkill,
  getSkillMetrics,
  listSkills,
  type SkillsQuery,
  topSkillMetrics,
  totals,
} from './skills.ts'
export { type ClassifiedQuery, listCategories, listClassified } from './taxonomy.ts'
export { type TimeSeriesQuery, timeSeries } from './time-series.ts'
export { type TimelineTurn, timeline } from './timeline.ts'
export { listTurns, type TurnRow, type TurnsQuery } from './turns.ts'
export { unreadableReasons } from './unreadable-reasons.ts'
export {
  type UsageHour,
  type UsageLabel,
  type UsageQuery,
  usageHours,
  usageHoursBySkill,
} from './usage.ts'
export {
  type UseCounter,
  type UseHour,
  type UseHoursQuery,
  type UseLabel,
  useHours,
} from './use-hours.ts'
export { listUses, type UseRow, type UsesQuery } from './uses.ts'
export { getWorkflow, type StoredWorkflow } from './workflow.ts'
