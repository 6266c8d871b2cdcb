import type { Observation } from '@skillwatch/schema'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import type { Clock } from '../clock.ts'
import { dispose } from '../shared/dispose.ts'
import type { EndFields, TrackFields } from './fields.ts'
import type { InvocationContext } from './invocation-context.ts'
import type { Recorder } from './recorder.ts'
import { safely } from './safely.ts'
import type { TraceIds } from './trace-context.ts'

/** A call that has begun. It ends once; everything after its end is ignored. */
export interface TrackedInvocation extends Disposable {
  readonly invocationId: string
  /** It succeeded. */
  complete(fields?: EndFields): void
  /**
   * It failed; `error_type` is the error's name. Its message is not sent, as it may contain private data.
   */
  fail(error: unknown, fields?: EndFields): void
  /** The user or a policy refused it. */
  reject(fields?: EndFields): void
  /**
   * Runs `fn` inside this call: calls tracked in it become its children, in Node across awaits, in browsers
   * up to the first await.
   */
  run<T>(fn: () => T): T
  /**
   * Ends it as `abandoned` if it has not ended: code that left the block without ending the call may have
   * failed.
   */
  [Symbol.dispose](): void
}

/** @typeParam E what the queue returns for a line, with which that line can be replaced */
export interface TrackerDeps<E> {
  readonly defaults: TrackFields & { readonly session_id: string }
  readonly context: InvocationContext
  readonly now: Clock
  readonly traceIds: () => TraceIds | undefined
  readonly recorder: Recorder<E>
}

export type Track = (skillName: string, fields?: TrackFields) => TrackedInvocation

const ERROR_TYPE_LENGTH_MAX = 200

/** A call as it was sent when it began. */
interface Begun<E> {
  readonly observation: Observation
  readonly entry: E | undefined
  readonly nowMs: number
  /** By the monotonic clock. */
  readonly startedAt: number
}

export function createTrack<E>(deps: TrackerDeps<E>): Track {
  return (skillName, fields) => {
    const nowMs = deps.now()
    const startedAt = performance.now()
    try {
      const observation = begin(deps, skillName, fields, nowMs)
      const entry = deps.recorder.push(observation)
      return trackedInvocation(deps, { observation, entry, nowMs, startedAt }, observation.invocation_id!)
    } catch (error) {
      deps.recorder.onError(error)
      return trackedInvocation(deps, undefined, uuidV7(nowMs))
    }
  }
}

/** @param begun undefined when the call could not be recorded; its end is then ignored */
function trackedInvocation<E>(
  { recorder, context, now }: TrackerDeps<E>,
  begun: Begun<E> | undefined,
  invocationId: string,
): TrackedInvocation {
  let open = begun
  const end = (outcome: Observation['outcome'], fields?: EndFields, error_type?: string) => {
    if (open === undefined) return
    const { entry } = open
    const ended = endedObservation(open, now, outcome, error_type)
    open = undefined
    const withFields = () => ({
      ...ended,
      ...fields,
      ...mergedAttributes(ended.attributes, fields?.attributes),
    })
    // Fields that cannot be written as JSON must not cost the outcome.
    if (!recorder.amend(entry, withFields)) recorder.amend(entry, () => ended)
  }
  return {
    invocationId,
    complete: (fields) => end('completed', fields),
    fail: (error, fields) => end('failed', fields, errorType(error)),
    reject: (fields) => end('rejected', fields),
    run: (fn) => context.run(invocationId, fn),
    [dispose]: () => end('abandoned'),
  }
}

function begin<E>(
  deps: TrackerDeps<E>,
  skill_name: string,
  fields: TrackFields | undefined,
  nowMs: number,
): Observation {
  const traceIds = deps.traceIds()
  const parent = deps.context.current()
  return {
    ...deps.defaults,
    ...(parent !== undefined && { parent_invocation_id: parent, trigger: 'nested' as const }),
    ...fields,
    skill_name,
    invocation_id: fields?.invocation_id ?? uuidV7(nowMs),
    witness: 'sdk',
    invoked_at: fields?.invoked_at ?? nowMs,
    outcome: 'running',
    ...mergedAttributes(traceIds, deps.defaults.attributes, fields?.attributes),
  }
}

function endedObservation<E>(
  { observation, nowMs, startedAt }: Begun<E>,
  now: Clock,
  outcome: Observation['outcome'],
  error_type: string | undefined,
): Observation {
  return {
    ...observation,
    outcome,
    ...timesOf(observation, nowMs, performance.now() - startedAt, now),
    ...(error_type !== undefined && { error_type }),
  } as Observation
}

function mergedAttributes(...parts: (object | undefined)[]): {
  attributes?: Record<string, string | number | boolean>
} {
  const given = parts.filter((part) => part !== undefined)
  return given.length === 0 ? {} : { attributes: Object.assign({}, ...given) }
}

/**
 * The duration is measured with the monotonic clock, so that the end cannot lie before the beginning. A
 * call whose beginning was given by the caller gets an end but no duration.
 */
function timesOf(
  { invoked_at }: Observation,
  nowMs: number,
  elapsedMs: number,
  now: Clock,
): Partial<Observation> {
  if (invoked_at !== nowMs) return { ended_at: now() }
  return { execution_ms: elapsedMs, ended_at: Math.round(nowMs + elapsedMs) }
}

/** The name of an error, or the type of a thrown value that is not an error. */
function errorType(error: unknown): string {
  const name =
    typeof error === 'object' ? safely(() => (error as { name?: unknown } | null)?.name) : undefined
  return (typeof name === 'string' && name !== '' ? name : typeof error).slice(0, ERROR_TYPE_LENGTH_MAX)
}
