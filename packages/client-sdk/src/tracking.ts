import type { Observation } from '@skillwatch/schema'
import type { EndFields, TrackFields } from './client-options.ts'
import type { Clock } from './clock.ts'
import type { Entry } from './disk-copy.ts'
import { dispose } from './dispose.ts'
import type { InvocationContext } from './platform.ts'
import { safely } from './safely.ts'
import type { TraceIds } from './trace-context.ts'
import { uuidV7 } from './uuid-v7.ts'

/** A call that has begun. It ends once: whatever is said after its end is not heard. */
export interface TrackedInvocation extends Disposable {
  readonly invocationId: string
  /** It went well. */
  complete(fields?: EndFields): void
  /** It failed; `error_type` is the error's name. Its message is not sent: it may hold anything. */
  fail(error: unknown, fields?: EndFields): void
  /** The user or a policy refused it. */
  reject(fields?: EndFields): void
  /** Runs `fn` inside this call: calls tracked in it become its children, across awaits; in browsers up to the first await. */
  run<T>(fn: () => T): T
  /** Ends it as `abandoned` when it has not ended: a block that was left without a word may have failed. */
  [Symbol.dispose](): void
}

export interface TrackerDeps {
  readonly defaults: TrackFields & { readonly session_id: string }
  readonly context: InvocationContext
  readonly now: Clock
  readonly traceIds: () => TraceIds | undefined
  readonly push: (observation: Observation) => Entry | undefined
  /** Says more about an observation, in its place when it has not left. */
  readonly amend: (entry: Entry | undefined, observation: Observation) => void
  /** What a caller's fields do to us must not reach the caller. */
  readonly onError: (error: unknown) => void
}

export type Track = (skillName: string, fields?: TrackFields) => TrackedInvocation

const ERROR_TYPE_LENGTH_MAX = 200

export function createTrack(deps: TrackerDeps): Track {
  return (skillName, fields) => {
    const nowMs = deps.now()
    const startedAt = performance.now()
    let observation: Observation | undefined
    let entry: Entry | undefined
    try {
      observation = begin(deps, skillName, fields, nowMs)
      entry = deps.push(observation)
    } catch (error) {
      deps.onError(error)
      observation = undefined
    }
    const invocationId = observation?.invocation_id ?? uuidV7(nowMs)
    let hasEnded = observation === undefined

    const amend = (make: () => Observation) => {
      try {
        deps.amend(entry, make())
        return true
      } catch (error) {
        deps.onError(error)
        return false
      }
    }
    const end = (outcome: Observation['outcome'], fields?: EndFields, error_type?: string) => {
      if (hasEnded) return
      hasEnded = true
      const ended = {
        ...observation!,
        outcome,
        ...timesOf(observation!, nowMs, performance.now() - startedAt, deps.now),
        ...(error_type !== undefined && { error_type }),
      }
      const said = () => ({ ...ended, ...fields, ...mergedAttributes(ended.attributes, fields?.attributes) })
      // What was said of the end may be impossible to send; that it ended, and how, is not.
      if (!amend(said)) amend(() => ended)
    }
    return {
      invocationId,
      complete: (fields) => end('completed', fields),
      fail: (error, fields) => end('failed', fields, errorType(error)),
      reject: (fields) => end('rejected', fields),
      run: (fn) => deps.context.run(invocationId, fn),
      [dispose]: () => end('abandoned'),
    }
  }
}

function begin(
  deps: TrackerDeps,
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

function mergedAttributes(...parts: (object | undefined)[]): {
  attributes?: Record<string, string | number | boolean>
} {
  const given = parts.filter((part) => part !== undefined)
  return given.length === 0 ? {} : { attributes: Object.assign({}, ...given) }
}

/** By the clock that is never set, so that the end cannot lie before the beginning; of a beginning by hand only the end is known. */
function timesOf(
  { invoked_at }: Observation,
  nowMs: number,
  elapsedMs: number,
  now: Clock,
): Partial<Observation> {
  if (invoked_at !== nowMs) return { ended_at: now() }
  return { execution_ms: elapsedMs, ended_at: Math.round(nowMs + elapsedMs) }
}

/** The name of an error, or the type of what was thrown instead of one. */
function errorType(error: unknown): string {
  const name =
    typeof error === 'object' ? safely(() => (error as { name?: unknown } | null)?.name) : undefined
  return (typeof name === 'string' && name !== '' ? name : typeof error).slice(0, ERROR_TYPE_LENGTH_MAX)
}
