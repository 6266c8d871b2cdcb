import type {
  Baseline,
  BaselineRun,
  Category,
  ClassifiedSkill,
  Cluster,
  Dependency,
  DependencySample,
  Experiment,
  ExperimentDetail,
  Finding,
  HygieneReply,
  Invocation,
  MetricsMessage,
  Prediction,
  RecommendationReply,
  SessionDetail,
  SessionSummary,
  SimilarityRun,
  SimilarSkill,
  SkillFile,
  SkillSummary,
  StreamEntity,
  Transition,
  Turn,
  Use,
  Workflow,
} from '@skillwatch/schema'
import { type ChangeOf, type StreamEvent, type StreamOptions, streamChanges } from '../stream/stream.ts'
import type { WebSocketConstructor } from '../stream/web-socket.ts'
import type { Pages } from './pages.ts'
import type {
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
} from './queries.ts'
import { readMetrics } from './read-metrics.ts'
import { createRequests, type RequestsOptions } from './requests.ts'

/**
 * What a client reads from the gateway. All but `stream` fail with a {@link ReadError} when the gateway
 * refuses or does not answer, and with the reason of `signal` when that aborts.
 */
export interface Reads {
  /**
   * Changes as they are committed.
   * @throws {StreamGapError | StreamRefusedError} as {@link streamChanges}
   */
  stream<Entity extends StreamEntity = 'invocation'>(
    options?: Omit<StreamOptions<Entity>, 'url' | 'apiKey' | 'project' | 'WebSocket'>,
  ): AsyncGenerator<StreamEvent<ChangeOf<Entity>>, void, undefined>
  /** Totals of now, and the most used skills. */
  metrics(query?: MetricsQuery): Promise<MetricsMessage>
  /** One session with its skills. */
  session(sessionId: string, options?: ReadOptions): Promise<SessionDetail>
  /** Counts and durations of skills, the highest first by default. */
  skills(query?: SkillQuery): Pages<SkillSummary>
  /** Sessions, the latest active first by default. */
  sessions(query?: SessionQuery): Pages<SessionSummary>
  /** Invocations by time. A page may be short, or empty, before the end of the list. */
  invocations(query?: InvocationQuery): Pages<Invocation>
  /** Uses of skills, commands and agents by time, each with what followed from it. */
  uses(query?: UseQuery): Pages<Use>
  /** Turns by time: prompts, each with what followed until the next one. */
  turns(query?: TurnQuery): Pages<Turn>
  /** What analysis concluded about skills, by when it opened; the open findings by default. */
  findings(query?: FindingQuery): Pages<Finding>
  /** What is usual for skills over all persons, by kind and name; `run` is null before the first run. */
  baselines(query?: BaselineQuery): Pages<Baseline, { run: BaselineRun | null }>
  /**
   * Pairs of skills that are used together, the highest lift first; `sample` is what they were computed from,
   * null before the first run.
   */
  dependencies(query?: DependencyQuery): Pages<Dependency, { sample: DependencySample | null }>
  /** What is called next after what, the highest lift first; `sample` as for `dependencies`. */
  transitions(query?: TransitionQuery): Pages<Transition, { sample: DependencySample | null }>
  /** Skills that are similar to a skill, the most similar first; `run` is null before the first run. */
  similar(query: SimilarQuery): Promise<{ run: SimilarityRun | null; items: SimilarSkill[] }>
  /** Clusters of skills that belong together, the largest first; `run` is null before the first run. */
  clusters(query?: ListQuery): Pages<Cluster, { run: SimilarityRun | null }>
  /** Skills to try: for a person, a query or a phase of a workflow, or for anyone. */
  recommendations(query?: RecommendationQuery): Promise<RecommendationReply>
  /** The probability that a call of one skill completes, beside the base rate that a model must beat. */
  predictions(query: PredictionQuery): Promise<Prediction>
  /** What the phases of work took, and which phase follows which; `run` is null before the first run. */
  workflow(query?: WorkflowQuery): Promise<Workflow>
  /** What to remove and to mend among installed skills, and what their descriptions cost. */
  hygiene(query?: HygieneQuery): Promise<HygieneReply>
  /** Files of skills that scans have found, by kind and name, removed ones too. */
  skillFiles(query?: SkillFileQuery): Pages<SkillFile>
  /** Skills with their categories and modalities, by kind and name. */
  taxonomy(query?: TaxonomyQuery): Pages<ClassifiedSkill>
  /** All categories of the project, by name. */
  categories(options?: ReadOptions): Promise<{ items: Category[] }>
  /** Experiments, the newest first by default. */
  experiments(query?: ExperimentQuery): Pages<Experiment>
  /** One experiment with what it shows. */
  readExperiment(testName: string, options?: ReadOptions): Promise<ExperimentDetail>
}

export interface ReadsOptions extends RequestsOptions {
  readonly WebSocket: WebSocketConstructor | undefined
}

export function createReads(options: ReadsOptions): Reads {
  const { closed, timeoutMs: _, ...target } = options
  const { read, answerAt, itemAt, listAt } = createRequests(options)
  return {
    stream: (streamOptions = {}) => {
      const signals = [closed, streamOptions.signal].filter((each) => each !== undefined)
      return streamChanges({ ...streamOptions, ...target, signal: AbortSignal.any(signals) })
    },
    metrics: ({ signal, ...query } = {}) => read(signal, (each) => readMetrics(target, query, each)),
    session: itemAt('/v1/sessions'),
    skills: listAt('/v1/skills'),
    sessions: listAt('/v1/sessions'),
    invocations: listAt('/v1/invocations'),
    uses: listAt('/v1/uses'),
    turns: listAt('/v1/turns'),
    findings: listAt('/v1/findings'),
    baselines: listAt('/v1/baselines'),
    dependencies: listAt('/v1/dependencies'),
    transitions: listAt('/v1/transitions'),
    similar: answerAt('/v1/similar'),
    clusters: listAt('/v1/clusters'),
    recommendations: answerAt('/v1/recommendations'),
    predictions: answerAt('/v1/predictions'),
    workflow: answerAt('/v1/workflow'),
    hygiene: answerAt('/v1/hygiene'),
    skillFiles: listAt('/v1/skill-files'),
    taxonomy: listAt('/v1/taxonomy'),
    categories: answerAt('/v1/categories'),
    experiments: listAt('/v1/experiments'),
    readExperiment: itemAt('/v1/experiments'),
  }
}
