import type { SkillAffinityRunTable, SkillAffinityTable } from './tables/affinities.ts'
import type { SkillBaselineRunTable, SkillCommunityBaselinesTable } from './tables/baselines.ts'
import type {
  AgentCallTable,
  OtelSpanTable,
  SessionEndTable,
  SpanCascadeTable,
  UncorrelatedObservationTable,
} from './tables/correlation.ts'
import type {
  SkillDependenciesTable,
  SkillDependencyReportTable,
  SkillTransitionTable,
} from './tables/dependencies.ts'
import type {
  AbTestAssignmentsTable,
  AbTestConfigsTable,
  AbTestOutcomesTable,
} from './tables/experiments.ts'
import type {
  SkillAnomaliesTable,
  SkillAnomalySeriesTable,
  SkillAnomalyTombstoneTable,
} from './tables/findings.ts'
import type {
  ApiRequestTable,
  InvocationWitnessTable,
  SkillChangeTable,
  SkillInvocationTable,
  SkillTombstoneTable,
} from './tables/invocation.ts'
import type { SkillLiveBucketTable, SkillLiveSeriesTable } from './tables/live-series.ts'
import type {
  SkillPredictionRunTable,
  SkillPredictionTable,
  WorkflowPhaseSkillTable,
  WorkflowPhaseTable,
  WorkflowRunTable,
  WorkflowTransitionTable,
} from './tables/predictions.ts'
import type {
  ApiKeyTable,
  DeletionTable,
  ProjectTable,
  SkillMigrationsTable,
  StreamTable,
} from './tables/projects.ts'
import type {
  ApiUsageTable,
  CallUsageTable,
  SessionAgentTable,
  SessionCallUsageTable,
  SessionSkillsTable,
  SessionTable,
  SessionUsageTable,
  SessionUserTable,
  SessionWitnessTable,
  SkillDurationBucketTable,
  SkillMetricsCacheTable,
  SkillMetricsTable,
  SkillPhaseMetricsTable,
  SkillTimeSeriesTable,
  SkillUserInteractionsTable,
  WitnessOutcomeTable,
} from './tables/roll-ups.ts'
import type {
  SkillClusterMembershipTable,
  SkillClustersTable,
  SkillSimilarityRunTable,
  SkillSimilarityTable,
} from './tables/similarity.ts'
import type { SkillFileTable, SkillFileVersionTable, SkillScanTable } from './tables/skill-files.ts'
import type {
  SkillCategoriesTable,
  SkillCategoryMappingTable,
  SkillModalitiesTable,
} from './tables/taxonomy.ts'
import type {
  PendingTurnTable,
  PlaceUseDayTable,
  PromptTable,
  SkillUsePeriodTable,
  SkillUseSeriesTable,
  SkillUseTable,
  SkillUseTombstoneTable,
  TurnTable,
} from './tables/turns.ts'

export type * from './tables/affinities.ts'
export type * from './tables/baselines.ts'
export type * from './tables/correlation.ts'
export type * from './tables/dependencies.ts'
export type * from './tables/experiments.ts'
export type * from './tables/findings.ts'
export type * from './tables/invocation.ts'
export type * from './tables/live-series.ts'
export type * from './tables/predictions.ts'
export type * from './tables/projects.ts'
export type * from './tables/roll-ups.ts'
export type * from './tables/similarity.ts'
export type * from './tables/skill-files.ts'
export type * from './tables/taxonomy.ts'
export type * from './tables/turns.ts'

/**
 * The tables as Kysely sees them. `packages/db/schema.sql` is the SQL; a test compares the two.
 * Instants are epoch milliseconds (`…_at_ms`), durations milliseconds (`…_ms`), lists and maps JSON text.
 */
export interface Database {
  project: ProjectTable
  api_key: ApiKeyTable
  stream: StreamTable
  skill_invocation: SkillInvocationTable
  invocation_witness: InvocationWitnessTable
  skill_change: SkillChangeTable
  uncorrelated_observation: UncorrelatedObservationTable
  otel_span: OtelSpanTable
  skill_tombstone: SkillTombstoneTable
  skill_metrics: SkillMetricsTable
  skill_duration_bucket: SkillDurationBucketTable
  skill_time_series: SkillTimeSeriesTable
  skill_metrics_cache: SkillMetricsCacheTable
  skill_live_series: SkillLiveSeriesTable
  skill_live_bucket: SkillLiveBucketTable
  session: SessionTable
  session_skills: SessionSkillsTable
  witness_outcome: WitnessOutcomeTable
  session_witness: SessionWitnessTable
  session_user: SessionUserTable
  session_agent: SessionAgentTable
  session_end: SessionEndTable
  agent_call: AgentCallTable
  deletion: DeletionTable
  span_cascade: SpanCascadeTable
  api_request: ApiRequestTable
  api_usage: ApiUsageTable
  session_usage: SessionUsageTable
  call_usage: CallUsageTable
  session_call_usage: SessionCallUsageTable
  prompt: PromptTable
  turn: TurnTable
  skill_use: SkillUseTable
  skill_use_series: SkillUseSeriesTable
  skill_use_period: SkillUsePeriodTable
  place_use_day: PlaceUseDayTable
  pending_turn: PendingTurnTable
  skill_use_tombstone: SkillUseTombstoneTable
  skill_anomalies: SkillAnomaliesTable
  skill_anomaly_tombstone: SkillAnomalyTombstoneTable
  skill_anomaly_series: SkillAnomalySeriesTable
  skill_dependency_report: SkillDependencyReportTable
  skill_dependencies: SkillDependenciesTable
  skill_transition: SkillTransitionTable
  skill_community_baselines: SkillCommunityBaselinesTable
  skill_baseline_run: SkillBaselineRunTable
  skill_similarity: SkillSimilarityTable
  skill_clusters: SkillClustersTable
  skill_cluster_membership: SkillClusterMembershipTable
  skill_similarity_run: SkillSimilarityRunTable
  skill_user_interactions: SkillUserInteractionsTable
  skill_phase_metrics: SkillPhaseMetricsTable
  skill_affinity: SkillAffinityTable
  skill_affinity_run: SkillAffinityRunTable
  ab_test_configs: AbTestConfigsTable
  ab_test_assignments: AbTestAssignmentsTable
  ab_test_outcomes: AbTestOutcomesTable
  skill_prediction: SkillPredictionTable
  skill_prediction_run: SkillPredictionRunTable
  workflow_run: WorkflowRunTable
  workflow_phase: WorkflowPhaseTable
  workflow_phase_skill: WorkflowPhaseSkillTable
  workflow_transition: WorkflowTransitionTable
  skill_file: SkillFileTable
  skill_file_version: SkillFileVersionTable
  skill_scan: SkillScanTable
  skill_categories: SkillCategoriesTable
  skill_category_mapping: SkillCategoryMappingTable
  skill_modalities: SkillModalitiesTable
  skill_migrations: SkillMigrationsTable
}
