export { BASELINE_CALLS_MIN, HOURS_BEFORE_RUN } from './anomalies/baseline-hours.ts'
export {
  type BaselineCoverage,
  baselineCoverage,
  type Detected,
  type DetectionRun,
  type DetectionSchedule,
  type DetectionState,
  detectAnomalies,
  detectOver,
  detectRunByRun,
  LIVE_ALLOWANCE,
  NO_EPISODES,
  NOTHING_DETECTED,
} from './anomalies/detect.ts'
export { FALSE_DISCOVERY_RATE } from './anomalies/episodes.ts'
export type { AnomalyFinding } from './anomalies/finding.ts'
export { frequentSkills, type RareSkill, TooManySkillsError } from './anomalies/frequent-skills.ts'
export {
  createHourlyTable,
  type HourlyRow,
  type HourlyTable,
  hourlyTableOf,
  type TableRange,
} from './anomalies/hourly-table.ts'
export type { Answer, NotEnoughData } from './answer.ts'
export { comparePerson, type PersonComparison } from './baselines/compare-person.ts'
export { PERSONS_MIN, type PersonCalls, USES_MIN } from './baselines/persons.ts'
export {
  type BaselineWindow,
  baselinesAcrossPersons,
  type SkillBaseline,
  type SkillBaselines,
} from './baselines/report.ts'
export { type CoUse, type CoUses, coUses } from './dependencies/co-use.ts'
export { type DependencyWindow, dependencyReport } from './dependencies/report.ts'
export {
  type SequencedCall,
  type Transition,
  type Transitions,
  transitions,
} from './dependencies/transitions.ts'
export {
  changedVersionFindings,
  type UseOfSkill,
  type VersionChange,
} from './hygiene/changed-versions.ts'
export { collectCalls, type SkillCalls } from './predict/collect.ts'
export {
  type Judgement,
  judgeSkill,
  type PredictionModel,
  type SkillJudgement,
  type Verdict,
} from './predict/judge-skill.ts'
export { type PredictionReport, type PredictionWindow, predictionReport } from './predict/report.ts'
export type { SessionCall } from './predict/session-past.ts'
export { type Amount, type AmountComparison, compareAmounts } from './rates/compare-amounts.ts'
export { compareDurations, type DurationComparison } from './rates/compare-durations.ts'
export {
  compareShares,
  effectiveShare,
  type SessionShares,
  type ShareComparison,
} from './rates/compare-shares.ts'
export { compareStrata, type StratifiedComparison, type Stratum } from './rates/compare-strata.ts'
export { qValues, qValuesOfDependentTests } from './rates/false-discovery.ts'
export { type Interval, wilsonInterval } from './rates/intervals.ts'
export { type AffinityWindow, affinityReport } from './recommend/affinities.ts'
export {
  fillSeries,
  rateOf,
  type SeriesBucket,
  type SeriesRange,
  type SeriesStep,
} from './series/fill-series.ts'
export {
  type Histogram,
  type HistogramQuantile,
  histogramQuantile,
  type SampleQuantile,
  sampleQuantile,
} from './series/quantiles.ts'
export { type TimedCount, type TrailingWindow, trailingWindows } from './series/trailing-windows.ts'
export type { Share } from './share.ts'
export { type SimilarityOptions, similarityReport } from './similar/report.ts'
export { type Forecast, type ForecastOptions, forecast } from './trends/forecast.ts'
export {
  type DurationPoint,
  durationTrend,
  type RatePoint,
  rateTrend,
  type Trend,
} from './trends/trend.ts'
export type { PhaseTransition } from './workflow/phase-transitions.ts'
export type { Phase, PhaseSkill } from './workflow/phases.ts'
export { type WorkflowCall, type WorkflowReport, workflowReport } from './workflow/report.ts'
