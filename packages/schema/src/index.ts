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
export { FINDINGS_MAX, Finding, FindingChange, FindingsReply, FindingsReport } from './finding.ts'
export { Instant, InstantInput } from './instant.ts'
export { Change, DeleteChange, Invocation, StreamPosition, UpsertChange } from './invocation.ts'
export { InvocationDetail, WitnessRecord } from './invocation-detail.ts'
export { Attributes, DURATION_MS_MAX, Observation, RecordReply, RejectedItem } from './observation.ts'
export { SPAN_ROLES, type SpanContext, type SpanRole } from './observed-span.ts'
export { Overview } from './overview.ts'
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
export { type ParsedReport, parseReport } from './parse-report.ts'
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
export { REDACTED, redactShapes } from './redact-shapes.ts'
export { RepairReply } from './repair.ts'
export { AnalysisReport, REPORTS } from './reports.ts'
export { SessionDetail } from './session-detail.ts'
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
