/** Texts up to this length are parsed without looking first: whatever they hold takes little room. */
const HARMLESS_LENGTH = 65_536
/** What a text of observations may be like. */
const OBSERVATIONS = {
  /** An array of observations with lists or attributes is three deep. */
  depthMax: 4,
  /** Far more fields, list entries and attributes than one observation may have together. */
  partsMax: 1_000,
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Why a text is not worth parsing, or undefined. A few megabytes of brackets or commas become hundreds of
 * megabytes of objects, so large texts are looked through first; what is not JSON at all is left to the
 * parser.
 * @param itemsMax most values of an outer array
 */
export function refuseShape(
  text: string,
  itemsMax: number,
  { depthMax, partsMax } = OBSERVATIONS,
): 'too deep' | 'too many items' | 'too many parts' | undefined {
  if (text.length <= HARMLESS_LENGTH) return undefined
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

/** Index of the closing quote, or the length of a text that has none. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1
  }
  return index
}
