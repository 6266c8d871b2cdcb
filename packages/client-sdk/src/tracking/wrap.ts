import type { TrackFields } from './fields.ts'
import { safely } from './safely.ts'
import type { Track, TrackedInvocation } from './track.ts'

// biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse functions with typed parameters.
type AnyFunction = (this: any, ...args: any[]) => any

/**
 * A function that does the same as `fn` and tracks each call, until its promise settles or its generator
 * ends. Errors are rethrown unchanged. A generator that its reader leaves early counts as completed. A
 * value that is not a function is returned unchanged.
 */
export function wrapFunction<F extends AnyFunction>(
  track: Track,
  skillName: string,
  fn: F,
  fields: TrackFields | ((...args: Parameters<F>) => TrackFields) | undefined,
): F {
  if (typeof fn !== 'function') return fn
  function wrapped(this: unknown, ...args: Parameters<F>): unknown {
    const call = track(skillName, typeof fields === 'function' ? safely(() => fields(...args)) : fields)
    const result = failing(call, () => call.run(() => fn.apply(this, args)))
    return failing(call, () => follow(call, result))
  }
  // Frameworks read a tool's name and number of parameters.
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(wrapped, key, { value: fn[key], configurable: true })
  }
  return wrapped as unknown as F
}

/** Runs the action; an error ends the call as failed. */
function failing<T>(call: TrackedInvocation, action: () => T): T {
  try {
    return action()
  } catch (error) {
    call.fail(error)
    throw error
  }
}

/** Ends the call when the result is final. */
function follow(call: TrackedInvocation, result: unknown): unknown {
  if (safely(() => isThenable(result))) return followPromise(call, result as PromiseLike<unknown>)
  switch (safely(() => Object.prototype.toString.call(result))) {
    case '[object Generator]':
      return followGenerator(call, result as Generator)
    case '[object AsyncGenerator]':
      return followAsyncGenerator(call, result as AsyncGenerator)
    default:
      call.complete()
      return result
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === 'function'
}

function followPromise(call: TrackedInvocation, promise: PromiseLike<unknown>): PromiseLike<unknown> {
  return promise.then(
    (value) => {
      call.complete()
      return value
    },
    (error: unknown) => {
      call.fail(error)
      throw error
    },
  )
}

function* followGenerator(call: TrackedInvocation, source: Generator): Generator {
  const inside = { ...stepsInside(call, source), [Symbol.iterator]: () => inside } as Generator
  try {
    return yield* inside
  } catch (error) {
    call.fail(error)
    throw error
  } finally {
    call.complete()
  }
}

async function* followAsyncGenerator(call: TrackedInvocation, source: AsyncGenerator): AsyncGenerator {
  const inside = { ...stepsInside(call, source), [Symbol.asyncIterator]: () => inside } as AsyncGenerator
  try {
    return yield* inside
  } catch (error) {
    call.fail(error)
    throw error
  } finally {
    call.complete()
  }
}

/** The steps of a generator, each run inside the call, so that calls tracked in it become its children. */
function stepsInside(call: TrackedInvocation, source: Generator | AsyncGenerator) {
  return {
    next: (value: unknown) => call.run(() => source.next(value)),
    return: (value: unknown) => call.run(() => source.return(value)),
    throw: (error: unknown) => call.run(() => source.throw(error)),
  }
}
