import { ProblemError } from '@skillwatch/service'
import { depthOf } from '../json-shape.ts'

/** Deepest nesting of an event that is parsed; no tool's arguments are that deep. */
const DEPTH_MAX = 200

/** Parses the JSON of a hook. @throws {ProblemError} when it is not JSON, or nested too deep */
export function readEvent(text: string): unknown {
  if (depthOf(text) > DEPTH_MAX)
    throw new ProblemError('invalid-request', 'the body is nested too deep to be a hook')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ProblemError(
      'invalid-request',
      `the body is not JSON: ${(cause as Error).message.slice(0, 100)}`,
    )
  }
}
