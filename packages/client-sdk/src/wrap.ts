import type { TrackFields } from './client-options.ts'
import { safely } from './safely.ts'
import type { Track, TrackedInvocation } from './tracking.ts'

// biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse functions with typed parameters.
type AnyFunction = (this: any, ...args: any[]) => any

/**
 * A function that does what `fn` does and tracks each call: to the end of its promise or generator, if it gives one.
 * Errors are thrown on as they are; a generator left early has completed. What is no function is given back as it is.
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
    return ending(call, () =>
      follow(
        call,
        call.run(() => fn.apply(this, args)),
      ),
    )
  }
  // Frameworks read a tool's name and arity.
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(wrapped, key, { value: fn[key], configurable: true })
  }
  return wrapped as unknown as F
}

function follow(call: TrackedInvocation, result: unknown): unknown {
  if (safely(() => isThenable(result))) {
    return (result as PromiseLike<unknown>).then(
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

/** What is done in each step of a generator is nested in its call. */
function stepsInside(call: TrackedInvocation, source: Generator | AsyncGenerator) {
  return {
    next: (value: unknown) => call.run(() => source.next(value)),
    return: (value: unknown) => call.run(() => source.return(value)),
    throw: (error: unknown) => call.run(() => source.throw(error)),
  }
}

function ending<T>(call: TrackedInvocation, action: () => T): T {
  try {
    return action()
  } catch (error) {
    call.fail(error)
    throw error
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === 'function'
}
