import type { Observation } from '@skillwatch/schema'
import type { ClientOptions, TrackFields } from './client-options.ts'
import { machineClock } from './clock.ts'
import type { Entry } from './disk-copy.ts'
import { asyncDispose } from './dispose.ts'
import { createOutbox } from './outbox.ts'
import type { Platform } from './platform.ts'
import { createReadings, type Readings } from './reading.ts'
import { safely } from './safely.ts'
import type { Spool } from './spool.ts'
import { type ClientStats, emptyStats } from './stats.ts'
import { activeTraceIds } from './trace-context.ts'
import { createTrack, type TrackedInvocation } from './tracking.ts'
import { uuidV7 } from './uuid-v7.ts'
import { createWarnings } from './warnings.ts'
import { wrapFunction } from './wrap.ts'

export interface FlushOptions {
  /** How long to wait at most, in milliseconds; 5 s unless said otherwise. Node is kept alive meanwhile. */
  timeoutMs?: number
}

/** Records what an agent calls, and reads what was recorded. Recording never throws, never waits and never keeps Node alive. */
export interface Client extends Readings, AsyncDisposable {
  /** A call begins. It is sent when it ends, or after a moment as `running`. */
  track(skillName: string, fields?: TrackFields): TrackedInvocation
  /** `fn`, with each of its calls tracked; `fields` may be made from its arguments. */
  // biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse functions with typed parameters.
  wrap<F extends (this: any, ...args: any[]) => any>(
    skillName: string,
    fn: F,
    fields?: TrackFields | ((...args: Parameters<F>) => TrackFields),
  ): F
  /** Records what was seen of a call, in any words of the wire. @returns its `invocation_id` */
  record(observation: Omit<Observation, 'session_id'> & { session_id?: string }): string
  /** Sends what waits. Resolves with true when the server has answered for all of it, with false when the time is up. */
  flush(options?: FlushOptions): Promise<boolean>
  /** Flushes and ends. What was not taken stays on the disk for the next start; without a spool it is dropped and counted. */
  close(options?: FlushOptions): Promise<void>
  stats(): ClientStats
  [Symbol.asyncDispose](): Promise<void>
}

export interface ClientParts {
  readonly platform: Platform
  readonly spool: Spool | undefined
}

/** @throws {TypeError} when the address or the session is missing or wrong; nothing throws after that */
export function createClientFrom(options: ClientOptions, { platform, spool }: ClientParts): Client {
  const { batchItemsMax = 500, openTelemetry, agent, apiKey, project, defaults: given } = options
  const { now = machineClock } = options
  const url = `${demandAddress(options.url)}/v1/invocations`
  const session_id = demandText('sessionId', options.sessionId)
  if (project !== undefined) demandText('project', project)
  const stats = emptyStats()
  const ended = new AbortController()
  const warnings = createWarnings(options.logger ?? console)
  const outbox = createOutbox({
    post: {
      url,
      apiKey,
      project,
      gzipBytesMin: 16 * 1_024,
      timeoutMs: options.timeoutMs ?? 10_000,
      fetch: platform.fetch,
      now,
    },
    backoff: options.backoff ?? { delayMs: 500, delayMsMax: 30_000 },
    random: Math.random,
    warnings,
    signal: ended.signal,
    stats,
    spool,
    queueItemsMax: options.queueItemsMax ?? 10_000,
    queueCharactersMax: options.queueCharactersMax ?? 16_000_000,
    batchItemsMax,
    batchCharactersMax: 512 * 1_024,
    batchDelayMs: options.batchDelayMs ?? 200,
  })
  if (spool) outbox.replay()
  const forgetExit = spool ? platform.onExit(() => outbox.close()) : () => undefined

  const lose = (reason: string) => {
    stats.recorded += 1
    stats.dropped += 1
    warnings.warn('dropped', reason)
  }
  const onError = (error: unknown) =>
    lose(
      `an observation cannot be written as JSON: ${safely(() => String(error)) ?? 'its error cannot be told'}`,
    )
  const push = (observation: Observation): Entry | undefined => {
    if (!ended.signal.aborted) return outbox.push(JSON.stringify(observation))
    lose('the client is closed: what it is told now is dropped')
    return undefined
  }
  const amend = (entry: Entry | undefined, observation: Observation) => {
    if (entry === undefined || !outbox.replace(entry, JSON.stringify(observation))) push(observation)
  }
  const defaults = {
    ...(agent !== undefined && { agent_name: agent }),
    ...given,
    session_id: given?.session_id ?? session_id,
  }
  const traceIds = openTelemetry ? () => activeTraceIds(openTelemetry) : () => platform.traceIds()
  const track = createTrack({ defaults, context: platform.context, now, traceIds, push, amend, onError })

  const flush = async (flushOptions?: FlushOptions) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    // This timer is the one thing that keeps Node alive, as somebody waits for it.
    const timeUp = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), flushOptions?.timeoutMs ?? 5_000)
    })
    const isSettled = outbox.settled().then(() => !ended.signal.aborted)
    return Promise.race([isSettled, timeUp]).finally(() => clearTimeout(timer))
  }
  const close = async (flushOptions?: FlushOptions) => {
    if (ended.signal.aborted) return
    await flush(flushOptions)
    if (ended.signal.aborted) return
    ended.abort(new Error('the client is closed'))
    forgetExit()
    outbox.close()
    platform.close()
  }
  return {
    track,
    wrap: (skillName, fn, fields) => wrapFunction(track, skillName, fn, fields),
    record(observation) {
      const invocation_id = safely(() => observation.invocation_id) ?? uuidV7(now())
      try {
        push({ ...defaults, witness: 'sdk', ...observation, invocation_id } as Observation)
      } catch (error) {
        onError(error)
      }
      return invocation_id
    },
    flush,
    close,
    stats: () => ({ ...stats }),
    ...createReadings(options, ended.signal),
    [asyncDispose]: () => close(),
  }
}

function demandAddress(url: unknown): string {
  const text = demandText('url', url)
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '')
  throw new TypeError(`url: expected an address such as http://127.0.0.1:8766, got ${JSON.stringify(text)}`)
}

function demandText(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.isWellFormed()) return value
  throw new TypeError(`${option}: expected a text, got ${JSON.stringify(value)}`)
}
