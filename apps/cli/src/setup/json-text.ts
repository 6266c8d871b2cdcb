/**
 * A value of a JSON text with its position, so that the text can be edited without changing the rest of it.
 */
export interface JsonNode {
  readonly start: number
  /** After its last character. */
  readonly end: number
  readonly value: unknown
  readonly members: readonly JsonMember[]
  readonly items: readonly JsonNode[]
}

export interface JsonMember {
  readonly key: string
  /** The position of the key's opening quote. */
  readonly start: number
  readonly node: JsonNode
}

const TOKEN = /[ \t\r\n]*("(?:[^"\\]+|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+)/y

/** @throws {SyntaxError} when the text is not JSON */
export function parseJsonText(text: string): JsonNode {
  JSON.parse(text)
  return new JsonReader(text).read()
}

/** Reads a text that is known to be JSON. */
class JsonReader {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): JsonNode {
    const { token, start } = this.#take()
    const members: JsonMember[] = []
    const items: JsonNode[] = []
    if (token === '{') this.#readParts('}', () => members.push(this.#readMember()))
    if (token === '[') this.#readParts(']', () => items.push(this.read()))
    const value = JSON.parse(this.#text.slice(start, this.#position))
    return { start, end: this.#position, value, members, items }
  }

  #readParts(close: string, readPart: () => void): void {
    while (this.#peek() !== close) {
      readPart()
      if (this.#peek() === ',') this.#take()
    }
    this.#take()
  }

  #readMember(): JsonMember {
    const { token, start } = this.#take()
    this.#take()
    return { key: JSON.parse(token) as string, start, node: this.read() }
  }

  #take(): { token: string; start: number } {
    TOKEN.lastIndex = this.#position
    const token = TOKEN.exec(this.#text)![1]!
    this.#position = TOKEN.lastIndex
    return { token, start: this.#position - token.length }
  }

  #peek(): string {
    const position = this.#position
    const { token } = this.#take()
    this.#position = position
    return token
  }
}

/** The member with a key; the last one of several, as in JSON.parse. */
export function memberOf(node: JsonNode | undefined, key: string): JsonMember | undefined {
  return node?.members.findLast((member) => member.key === key)
}

/** The text with one more member at the end of an object. */
export function addMember(text: string, object: JsonNode, key: string, value: unknown): string {
  const parts = object.members.map(({ start, node }) => ({ start, end: node.end }))
  return add(text, object, parts, (style) => `${JSON.stringify(key)}: ${stringify(value, style)}`)
}

/** The text with one more item at the end of an array. */
export function addItem(text: string, array: JsonNode, value: unknown): string {
  return add(text, array, array.items, (style) => stringify(value, style))
}

/** The text without a member of an object. */
export function removeMember(text: string, object: JsonNode, member: JsonMember): string {
  const parts = object.members.map(({ start, node }) => ({ start, end: node.end }))
  return remove(text, object, parts, object.members.indexOf(member))
}

/** The text without an item of an array. */
export function removeItem(text: string, array: JsonNode, item: JsonNode): string {
  return remove(text, array, array.items, array.items.indexOf(item))
}

interface Part {
  readonly start: number
  readonly end: number
}

/** The layout of a container: on one line, or with indented parts. */
interface Style {
  readonly newline: string
  /** The indentation of a part; undefined for a container on one line. */
  readonly indent: string | undefined
  readonly unit: string
}

function add(
  text: string,
  container: Part,
  parts: readonly Part[],
  write: (style: Style) => string,
): string {
  const style = styleOf(text, container, parts)
  const last = parts.at(-1)
  const lead = style.indent === undefined ? '' : style.newline + style.indent
  if (last) {
    const separator = style.indent === undefined ? ', ' : `,${lead}`
    return text.slice(0, last.end) + separator + write(style) + text.slice(last.end)
  }
  const [open, close] = [text[container.start]!, text[container.end - 1]!]
  const trail = style.indent === undefined ? '' : style.newline + lineIndent(text, container.start)
  return (
    text.slice(0, container.start) + open + lead + write(style) + trail + close + text.slice(container.end)
  )
}

function remove(text: string, container: Part, parts: readonly Part[], index: number): string {
  const [before, part, after] = [parts[index - 1], parts[index]!, parts[index + 1]]
  if (before) return text.slice(0, before.end) + text.slice(part.end)
  if (after) return text.slice(0, part.start) + text.slice(after.start)
  return text.slice(0, container.start + 1) + text.slice(container.end - 1)
}

function styleOf(text: string, container: Part, parts: readonly Part[]): Style {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '  '
  const [first] = parts
  if (first === undefined) return { newline, unit, indent: lineIndent(text, container.start) + unit }
  const isOneLine = !text.slice(container.start, first.start).includes('\n')
  return { newline, unit, indent: isOneLine ? undefined : lineIndent(text, first.start) }
}

/** The indentation of the line that contains a position. */
function lineIndent(text: string, position: number): string {
  const lineStart = text.lastIndexOf('\n', position - 1) + 1
  return /^[ \t]*/.exec(text.slice(lineStart, position))![0]
}

function stringify(value: unknown, { newline, indent, unit }: Style): string {
  if (indent === undefined) return JSON.stringify(value)
  return JSON.stringify(value, null, unit).replaceAll('\n', newline + indent)
}
