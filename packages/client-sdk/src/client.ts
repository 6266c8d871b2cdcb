import type { Observation } from '@skillwatch/schema'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import type { ClientOptions } from './client-options.ts'
import { type Clock, machineClock } from './clock.ts'
import { type FlushOptions, flushWithin } from './delivery/flush.ts'
import { SendQueue } from './delivery/send-queue.ts'
import type { Spool } from './delivery/spool.ts'
import { type ClientStats, emptyStats } from './delivery/stats.ts'
import { createExperiment, type ExperimentHandle, type ExperimentOptions } from './experiments/experiment.ts'
import type { Platform } from './platform.ts'
import { readUrlOf } from './reads/read-url.ts'
import { createReads, type Reads } from './reads/reads.ts'
import { asyncDispose } from './shared/dispose.ts'
import { createWarnings, type Warnings } from './shared/warnings.ts'
import type { TrackFields } from './tracking/fields.ts'
import { createRecorder } from './tracking/recorder.ts'
import { safely } from './tracking/safely.ts'
import { activeTraceIds } from './tracking/trace-context.ts'
import { createTrack, type TrackedInvocation } from './tracking/track.ts'
import { wrapFunction } from './tracking/wrap.ts'

/**
 * Records the calls of an agent, and reads what was recorded. Recording never throws, never waits and never
 * keeps Node alive.
 */
export interface Client extends Reads, AsyncDisposable {
  /** A call begins. It is sent when it ends, or as `running` after `batchDelayMs`. */
  track(skillName: string, fields?: TrackFields): TrackedInvocation
  /** Returns `fn` with each of its calls tracked; `fields` may be a function of its arguments. */
  // biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse functions with typed parameters.
  wrap<F extends (this: any, ...args: any[]) => any>(
    skillName: string,
    fn: F,
    fields?: TrackFields | ((...args: Parameters<F>) => TrackFields),
  ): F
  /** Records an observation of a call, with any fields of the wire. @returns its `invocation_id` */
  record(observation: Omit<Observation, 'session_id'> & { session_id?: string }): string
  /** An experiment: assigns users to its groups, and records what happened to them. */
  experiment(testName: string, options?: ExperimentOptions): ExperimentHandle
  /**
   * Sends everything that waits. Resolves with true when the server has answered for all of it, with false
   * at the timeout.
   */
  flush(options?: FlushOptions): Promise<boolean>
  /**
   * Flushes and closes the client. Observations that were not sent stay on disk for the next start; without
   * a spool they are dropped and counted.
   */
  close(options?: FlushOptions): Promise<void>
  stats(): ClientStats
  [Symbol.asyncDispose](): Promise<void>
}

export interface ClientParts {
  readonly platform: Platform
  readonly spool: Spool | undefined
  /** Holds assignments and outcomes of experiments. */
  readonly experimentSpool: Spool | undefined
}

/** What every part of one client shares. */
interface Shared extends ClientParts {
  readonly options: ClientOptions
  readonly now: Clock
  readonly stats: ClientStats
  readonly warnings: Warnings
  readonly signal: AbortSignal
}

/** @throws {TypeError} when the address or the session is missing or wrong; nothing throws after that */
export function createClientFrom(options: ClientOptions, parts: ClientParts): Client {
  demandOptions(options)
  const closed = new AbortController()
  const { signal } = closed
  const warnings = createWarnings(options.logger ?? console)
  const { now = machineClock } = options
  const shared = { ...parts, options, now, stats: emptyStats(), warnings, signal }
  const queue = createQueue(shared, '/v1/invocations', parts.spool)
  const experimentQueue = createQueue(shared, '/v1/experiment-records', parts.experimentSpool)
  const queues = [queue, experimentQueue]
  const tracking = createTracking(shared, queue)
  const reads = readsOf(options, signal)
  const removeExitAction = replayAndCloseOnExit(shared, queues)
  const flush = (flushOptions?: FlushOptions) =>
    flushWithin(allSettled(queues), () => signal.aborted, flushOptions)
  const close = async (flushOptions?: FlushOptions) => {
    if (signal.aborted) return
    await flush(flushOptions)
    if (signal.aborted) return
    closed.abort(new Error('the client is closed'))
    removeExitAction()
    for (const each of queues) each.close()
    parts.platform.close()
  }
  return {
    ...tracking,
    experiment: createExperiments(shared, experimentQueue, reads),
    flush,
    close,
    stats: () => ({ ...shared.stats }),
    ...reads,
    [asyncDispose]: () => close(),
  }
}

function createQueue(
  { options, platform, now, ...shared }: Shared,
  path: string,
  spool: Spool | undefined,
): SendQueue {
  return new SendQueue({
    ...shared,
    spool,
    post: {
      url: `${withoutSlash(options.url)}${path}`,
      apiKey: options.apiKey,
      project: options.project,
      gzipBytesMin: 16 * 1_024,
      timeoutMs: options.timeoutMs ?? 10_000,
      fetch: platform.fetch,
      backoff: options.backoff ?? { delayMs: 500, delayMsMax: 30_000 },
      random: Math.random,
      now,
    },
    queueItemsMax: options.queueItemsMax ?? 10_000,
    queueCharactersMax: options.queueCharactersMax ?? 16_000_000,
    batchItemsMax: options.batchItemsMax ?? 500,
    batchCharactersMax: 512 * 1_024,
    batchDelayMs: options.batchDelayMs ?? 200,
  })
}

function createTracking(shared: Shared, queue: SendQueue): Pick<Client, 'track' | 'wrap' | 'record'> {
  const { options, platform, now, signal } = shared
  const { openTelemetry } = options
  const onLost = lossCounter(shared)
  const recorder = createRecorder({ queue, isClosed: () => signal.aborted, onLost })
  const traceIds = openTelemetry ? () => activeTraceIds(openTelemetry) : () => platform.traceIds()
  const defaults = defaultsOf(options)
  const track = createTrack({ defaults, context: platform.context, now, traceIds, recorder })
  return {
    track,
    wrap: (skillName, fn, fields) => wrapFunction(track, skillName, fn, fields),
    record(observation) {
      const invocation_id = safely(() => observation.invocation_id) ?? uuidV7(now())
      recorder.amend(undefined, () => ({ ...defaults, witness: 'sdk', ...observation, invocation_id }))
      return invocation_id
    },
  }
}

function lossCounter({ stats, warnings }: Shared): (reason: string) => void {
  return (reason) => {
    stats.recorded += 1
    stats.dropped += 1
    warnings.warn('dropped', reason)
  }
}

function createExperiments(shared: Shared, queue: SendQueue, reads: Reads): Client['experiment'] {
  const { now, signal } = shared
  const onLost = lossCounter(shared)
  const readRatio = async (testName: string) => (await reads.readExperiment(testName)).assignment_ratio
  const send = (record: object) => {
    if (signal.aborted) onLost('the client is closed, so new records of experiments are dropped')
    else if (safely(() => queue.push(JSON.stringify(record))) === undefined)
      onLost('a record of an experiment cannot be written as JSON')
  }
  return (testName, options = {}) => createExperiment(testName, options, { now, readRatio, send })
}

async function allSettled(queues: readonly SendQueue[]): Promise<void> {
  await Promise.all(queues.map((queue) => queue.settled()))
}

function defaultsOf({ agent, defaults, sessionId }: ClientOptions) {
  return {
    ...(agent !== undefined && { agent_name: agent }),
    ...defaults,
    session_id: defaults?.session_id ?? sessionId,
  }
}

/** @returns removes the action that closes the queue when the process exits */
function replayAndCloseOnExit({ platform, spool }: Shared, queues: readonly SendQueue[]): () => void {
  if (spool === undefined) return () => undefined
  for (const queue of queues) queue.replay()
  return platform.onExit(() => {
    for (const queue of queues) queue.close()
  })
}

function readsOf(options: ClientOptions, closed: AbortSignal): Reads {
  const { apiKey, project, WebSocket, timeoutMs = 10_000 } = options
  return createReads({ url: readUrlOf(options), apiKey, project, WebSocket, timeoutMs, closed })
}

function demandOptions({ url, sessionId, project }: ClientOptions): void {
  demandAddress(url)
  demandText('sessionId', sessionId)
  if (project !== undefined) demandText('project', project)
}

function demandAddress(url: unknown): void {
  const text = demandText('url', url)
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return
  throw new TypeError(`url: expected an address such as http://127.0.0.1:8766, got ${JSON.stringify(text)}`)
}

function demandText(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.isWellFormed()) return value
  throw new TypeError(`${option}: expected a text, got ${JSON.stringify(value)}`)
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
