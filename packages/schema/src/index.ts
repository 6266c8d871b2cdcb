export { AFFINITIES_MAX, AffinityReport, AffinityRun, type ReportedAffinity } from './affinity.ts'
export type { AgentCall } from './agent-call.ts'
export { ApiKey, CreateApiKey, CreatedApiKey } from './api-key.ts'
export { type ApiRequest, ApiRequestInput, ApiUsage, parseApiRequest } from './api-request.ts'
export { Baseline, BaselineReport, BaselineRun } from './baseline.ts'
export { BLIND_SPOTS, type BlindSpot, blindSpotFor } from './blind-spots.ts'
export { BlindSpotItem, CoveragePage, MissedCalls, SessionCoverage, WitnessCoverage } from './coverage.ts'
export {
  DEPENDENCIES_MAX,
  Dependency,
  DependencyReport,
  DependencySample,
  DependencyUnit,
  type ReportedDependency,
  type ReportedTransition,
  Transition,
} from './dependency.ts'
export { DURATION_BOUNDS_MS, durationBucket } from './durations.ts'
export {
  Assignment,
  AssignUser,
  CreateExperiment,
  EXPERIMENT_USERS_MAX,
  Experiment,
  ExperimentGroup,
  ExperimentMetric,
  ExperimentOutcome,
  ExperimentRecord,
  ExperimentStatus,
} from './experiment.ts'
export { ExperimentAnalysis, ExperimentDetail, MetricComparison } from './experiment-analysis.ts'
export {
  ChangedVersionReport,
  FINDINGS_MAX,
  Finding,
  FindingChange,
  FindingsReply,
  FindingsReport,
} from './finding.ts'
export {
  type ContextCost,
  type FailingSkill,
  HygieneReply,
  type NearDuplicate,
  type UnusedSkill,
} from './hygiene.ts'
export { Instant, InstantInput } from './instant.ts'
export { Change, DeleteChange, Invocation, StreamPosition, UpsertChange } from './invocation.ts'
export { InvocationDetail, WitnessRecord } from './invocation-detail.ts'
export { SKILL_FILES_MAX } from './limits.ts'
export { Attributes, DURATION_MS_MAX, Observation, RecordReply, RejectedItem } from './observation.ts'
export { SPAN_ROLES, type SpanContext, type SpanRole } from './observed-span.ts'
export { Overview } from './overview.ts'
export { type ParsedAffinityReport, parseAffinityReport } from './parse-affinities.ts'
export { type ParsedBaseline, type ParsedBaselineReport, parseBaselineReport } from './parse-baselines.ts'
export { type ParsedDependencyReport, parseDependencyReport } from './parse-dependencies.ts'
export {
  type ParsedExperiment,
  type ParsedExperimentRecord,
  type ParsedOutcome,
  parseExperiment,
  parseExperimentOutcome,
  parseExperimentRecord,
} from './parse-experiments.ts'
export { type ParsedFinding, type ParsedFindingsReport, parseFindingsReport } from './parse-findings.ts'
export { formatInstant, INSTANT_AHEAD_MAX_MS, parseAgeMs, parseInstant } from './parse-instant.ts'
export {
  type ObservedFields,
  type ParsedObservation,
  type ParseResult,
  parseObservation,
  parseSessionEnd,
  parseSpan,
} from './parse-observation.ts'
export { type ParsedPredictionReport, parsePredictionReport } from './parse-predictions.ts'
export { type ParsedReport, parseReport } from './parse-report.ts'
export { type ParsedSimilarityReport, parseSimilarityReport } from './parse-similarities.ts'
export {
  type ParsedSkillFile,
  type ParsedSkillScan,
  parseSkillScan,
  type SkillScope,
  scopeKey,
  scopeOf,
} from './parse-skill-scan.ts'
export { type ParsedWorkflowReport, parseWorkflowReport } from './parse-workflow.ts'
export { Prediction, PredictionReport, PredictionRun, type ReportedPrediction } from './prediction.ts'
export {
  ChangeProject,
  DeletionQuery,
  DeletionReceipt,
  DeletionSelection,
  Project,
  TEXT_FIELDS,
  TextField,
} from './privacy.ts'
export { ProblemDetails } from './problem.ts'
export { PromptInput, parsePrompt } from './prompt.ts'
export { Recommendation, RecommendationReply, type RecommendationSource } from './recommendation.ts'
export { REDACTED, redactShapes } from './redact-shapes.ts'
export { RepairReply } from './repair.ts'
export { AnalysisReport, REPORTS } from './reports.ts'
export { SessionDetail } from './session-detail.ts'
export {
  Cluster,
  type ReportedCluster,
  type ReportedMembership,
  type ReportedSimilarity,
  SIMILARITIES_MAX,
  SimilarityReport,
  SimilarityRun,
  SimilarSkill,
} from './similarity.ts'
export {
  type ReportedSkillFile,
  SkillFile,
  SkillFileKind,
  SkillScan,
  SkillScanReply,
  SkillSource,
} from './skill-file.ts'
export {
  AuthMessage,
  CaughtUpMessage,
  ChangesMessage,
  CLOSE_CODES,
  ClientMessage,
  ErrorMessage,
  HelloMessage,
  MetricsMessage,
  PingMessage,
  PongMessage,
  ServerMessage,
  StreamEntity,
  StreamFilter,
  SubscribedMessage,
  SubscribeMessage,
  SubscribeMetricsMessage,
  UnsubscribedMessage,
  UnsubscribeMessage,
} from './stream.ts'
export { STREAM_SUBPROTOCOL } from './stream-protocol.ts'
export {
  DurationSummary,
  InvocationFilter,
  type SessionCounts,
  SessionSkill,
  SessionSummary,
  SkillOrder,
  SkillSummary,
  TimeSeriesPoint,
} from './summaries.ts'
export type * from './tables.ts'
export { classifySkill, REVIEW_BELOW, type RuledCategory } from './taxonomy/classify.ts'
export { CATEGORY_RULES, type CategoryRule } from './taxonomy/rules.ts'
export { SEEDED_CATEGORIES, SEEDED_MODALITIES } from './taxonomy/seed.ts'
export {
  Category,
  ClassifiedSkill,
  Domain,
  Modality,
  PutCategory,
  PutSkillCategory,
  type SkillCategory,
} from './taxonomy/taxonomy.ts'
export { NAME_LENGTH_MAX, name, TEXT_LENGTH_MAX, text } from './text.ts'
export {
  CostSource,
  USAGE_GROUPS,
  UsageGroup,
  UsageItem,
  UsageReply,
  UsageSums,
} from './usage.ts'
export {
  TimelineEntry,
  TimelineTurn,
  Turn,
  TurnChange,
  USE_GROUPS,
  Use,
  UseChange,
  type UseGroup,
  UseSummary,
  UseSummaryReply,
} from './uses.ts'
export { KINDS, Kind, OUTCOMES, Outcome, SCOPES, Scope, Trigger, WITNESSES, Witness } from './words.ts'
export {
  Workflow,
  WorkflowBottleneck,
  WorkflowPhase,
  WorkflowReport,
  WorkflowRun,
  WorkflowSkill,
  WorkflowTransition,
} from './workflow.ts'
