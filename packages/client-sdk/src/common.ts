// The exports that both entry points have, the one for Node and the one for browsers.
export type { Client } from './client.ts'
export type { FlushOptions } from './delivery/flush.ts'
export { SendError } from './delivery/send-error.ts'
export type { SendTotals } from './delivery/send-totals.ts'
export { createSender, type Sender, type SenderOptions, type SendOptions } from './delivery/sender.ts'
export type { ClientStats } from './delivery/stats.ts'
export type {
  ExperimentHandle,
  ExperimentOptions,
  OutcomeFields,
} from './experiments/experiment.ts'
export type { Page, Pages } from './reads/pages.ts'
export type {
  BaselineQuery,
  DependencyQuery,
  ExperimentQuery,
  FindingQuery,
  HygieneQuery,
  InvocationQuery,
  ListQuery,
  MetricsQuery,
  PredictionQuery,
  ReadOptions,
  RecommendationQuery,
  SessionQuery,
  SimilarQuery,
  SkillFileQuery,
  SkillQuery,
  TaxonomyQuery,
  TransitionQuery,
  TurnQuery,
  UseQuery,
  WorkflowQuery,
} from './reads/queries.ts'
export { ReadError } from './reads/read-error.ts'
export type { ClientLogger } from './shared/warnings.ts'
export { type ChangeOf, type StreamEvent, type StreamOptions, streamChanges } from './stream/stream.ts'
export { StreamGapError, StreamRefusedError } from './stream/stream-errors.ts'
export type { EndFields, TrackFields } from './tracking/fields.ts'
export type { OpenTelemetryApi } from './tracking/trace-context.ts'
export type { TrackedInvocation } from './tracking/track.ts'
export type * from './wire.ts'
