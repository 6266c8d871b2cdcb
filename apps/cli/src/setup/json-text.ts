/** A value of a JSON text and where it stands, so that the text can be changed without being written anew. */
export interface JsonNode {
  readonly start: number
  /** Just behind its last character. */
  readonly end: number
  readonly value: unknown
  readonly members: readonly JsonMember[]
  readonly items: readonly JsonNode[]
}

export interface JsonMember {
  readonly key: string
  /** Of the key's opening quote. */
  readonly start: number
  readonly node: JsonNode
}

const TOKEN = /[ \t\r\n]*("(?:[^"\\]+|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+)/y

/** @throws {SyntaxError} when the text is not JSON */
export function parseJsonText(text: string): JsonNode {
  JSON.parse(text)
  let position = 0

  function take(): { token: string; start: number } {
    TOKEN.lastIndex = position
    const token = TOKEN.exec(text)![1]!
    position = TOKEN.lastIndex
    return { token, start: position - token.length }
  }

  function peek(): string {
    const before = position
    const { token } = take()
    position = before
    return token
  }

  function read(): JsonNode {
    const { token, start } = take()
    const members: JsonMember[] = []
    const items: JsonNode[] = []
    if (token === '{' || token === '[') {
      const close = token === '{' ? '}' : ']'
      while (peek() !== close) {
        if (token === '{') members.push(readMember())
        else items.push(read())
        if (peek() === ',') take()
      }
      take()
    }
    return { start, end: position, value: JSON.parse(text.slice(start, position)), members, items }
  }

  function readMember(): JsonMember {
    const { token, start } = take()
    take()
    return { key: JSON.parse(token) as string, start, node: read() }
  }
  return read()
}

/** The value under a key; of several the last, as JSON.parse decides. */
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

/** How a container is laid out: on one line, or with its parts indented. */
interface Style {
  readonly newline: string
  /** Before a part; undefined for a container on one line. */
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

/** White space at the beginning of the line that holds a position. */
function lineIndent(text: string, position: number): string {
  const lineStart = text.lastIndexOf('\n', position - 1) + 1
  return /^[ \t]*/.exec(text.slice(lineStart, position))![0]
}

function stringify(value: unknown, { newline, indent, unit }: Style): string {
  if (indent === undefined) return JSON.stringify(value)
  return JSON.stringify(value, null, unit).replaceAll('\n', newline + indent)
}
