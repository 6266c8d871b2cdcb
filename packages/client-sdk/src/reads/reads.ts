import type {
  Baseline,
  BaselineRun,
  Experiment,
  ExperimentDetail,
  Finding,
  Invocation,
  MetricsMessage,
  SessionDetail,
  SessionSummary,
  SkillSummary,
  StreamEntity,
  Turn,
  Use,
} from '@skillwatch/schema'
import { deadlineOf } from '../shared/deadline.ts'
import { type ChangeOf, type StreamEvent, type StreamOptions, streamChanges } from '../stream/stream.ts'
import type { WebSocketConstructor } from '../stream/web-socket.ts'
import type { Gateway } from './gateway.ts'
import { get, toQuery } from './get.ts'
import { type Pages, pagesFrom } from './pages.ts'
import type {
  BaselineQuery,
  ExperimentQuery,
  FindingQuery,
  InvocationQuery,
  ListQuery,
  MetricsQuery,
  ReadOptions,
  SessionQuery,
  SkillQuery,
  TurnQuery,
  UseQuery,
} from './queries.ts'
import { ReadError } from './read-error.ts'
import { readMetrics } from './read-metrics.ts'

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
  /** Experiments, the newest first by default. */
  experiments(query?: ExperimentQuery): Pages<Experiment>
  /** One experiment with what it shows. */
  readExperiment(testName: string, options?: ReadOptions): Promise<ExperimentDetail>
}

export interface ReadsOptions extends Gateway {
  readonly WebSocket: WebSocketConstructor | undefined
  /** How long each request may take, in milliseconds. */
  readonly timeoutMs: number
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal
}

export function createReads(options: ReadsOptions): Reads {
  const { closed, timeoutMs, ...target } = options
  const read = async <T>(
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    using deadline = deadlineOf([closed, signal], timeoutMs)
    try {
      return await start(deadline.signal)
    } catch (cause) {
      signal?.throwIfAborted()
      throw closed.aborted ? new ReadError('the client is closed', { cause }) : cause
    }
  }
  const listAt = <Item, More>(path: string) => {
    return ({ signal, ...query }: ListQuery = {}): Pages<Item, More> =>
      pagesFrom((cursor = query.cursor) =>
        read(signal, (each) => get(target, path + toQuery({ ...query, cursor }), each)),
      )
  }
  return {
    stream: (streamOptions = {}) => {
      const signals = [closed, streamOptions.signal].filter((each) => each !== undefined)
      return streamChanges({ ...streamOptions, ...target, signal: AbortSignal.any(signals) })
    },
    metrics: ({ signal, ...query } = {}) => read(signal, (each) => readMetrics(target, query, each)),
    session: (sessionId, { signal } = {}) =>
      read(signal, (each) => get(target, `/v1/sessions/${encodeURIComponent(sessionId)}`, each)),
    skills: listAt('/v1/skills'),
    sessions: listAt('/v1/sessions'),
    invocations: listAt('/v1/invocations'),
    uses: listAt('/v1/uses'),
    turns: listAt('/v1/turns'),
    findings: listAt('/v1/findings'),
    baselines: listAt('/v1/baselines'),
    experiments: listAt('/v1/experiments'),
    readExperiment: (testName, { signal } = {}) =>
      read(signal, (each) => get(target, `/v1/experiments/${encodeURIComponent(testName)}`, each)),
  }
}
