/** Texts up to this length are not checked, because any JSON in them takes little memory. */
const UNCHECKED_LENGTH_MAX = 65_536
/** Bounds of a text. */
export interface JsonShape {
  readonly depthMax: number
  /** Commas inside of one item, or of the whole text when it is no array. */
  readonly partsMax: number
}

/** Bounds of a text with observations. */
const OBSERVATIONS: JsonShape = {
  /** An array of observations with lists or attributes is three deep. */
  depthMax: 4,
  /** Far more fields, list entries and attributes than one observation may have together. */
  partsMax: 1_000,
}

const QUOTE = 0x22

/**
 * Why a text must not be parsed, or undefined. A few megabytes of brackets or commas become hundreds of
 * megabytes of objects, so large texts are checked before they are parsed. Text that is not JSON is left to
 * the parser.
 * @param itemsMax most values of an outer array
 */
export function refuseShape(
  text: string,
  itemsMax: number,
  { depthMax, partsMax }: JsonShape = OBSERVATIONS,
): 'too deep' | 'too many items' | 'too many parts' | undefined {
  if (text.length <= UNCHECKED_LENGTH_MAX) return undefined
  const itemsDepth = text.trimStart().startsWith('[') ? 1 : 0
  let depth = 0
  let items = 1
  let parts = 0
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = endOfString(text, index)
        break
      case 0x5b: // [
      case 0x7b: // {
        depth += 1
        if (depth > depthMax) return 'too deep'
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1
        break
      case 0x2c: // ,
        parts = depth === itemsDepth ? 0 : parts + 1
        if (parts > partsMax) return 'too many parts'
        if (depth === itemsDepth) items += 1
        if (items > itemsMax) return 'too many items'
        break
    }
  }
  return undefined
}

/** The deepest nesting of brackets in a JSON text. */
export function depthOf(text: string): number {
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

/** Index of the quote that ends a string, or the length of the text when there is none. */
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
