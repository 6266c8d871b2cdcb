import { ProblemError } from '@skillwatch/service'
import { endOfString } from '../json-shape.ts'

/** Deeper than any tool's arguments; brackets beyond it only cost memory and stack. */
const DEPTH_MAX = 200

/** The JSON of a hook. @throws {ProblemError} when it is none */
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

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '"') index = endOfString(text, index)
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    else if (character === ']' || character === '}') depth -= 1
  }
  return deepest
}
