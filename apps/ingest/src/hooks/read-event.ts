import { ProblemError } from '@skillwatch/service'

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

/** Index of the closing quote, or the length of a text that has none. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0
  while (text[index - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}
