import {
  applyEdits,
  type Edit,
  type FormattingOptions,
  findNodeAtLocation,
  format,
  type JSONPath,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
  visit,
} from 'jsonc-parser'

// `modify` of jsonc-parser removes comments beside a value that it removes, and moves the comment of the
// last value behind the value that it adds. So the edits are made here, at the positions that the parser
// gives.

/** The text is not JSON, also not JSON with comments. The message names the position and quotes nothing. */
export class JsoncError extends Error {
  override readonly name = 'JsoncError'
}

/** The value of a text and its parts, with their positions. @throws {JsoncError} when it is not JSON */
export function parseJsonc(text: string): Node {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (root !== undefined && error === undefined) return root
  const { offset, error: code } = error!
  throw new JsoncError(`${positionOf(text, offset)}: ${inWords(printParseErrorCode(code))}`)
}

/** The position of the first comment or trailing comma, which JSON itself does not allow. */
export function positionOfExtension(text: string): string | undefined {
  const errors: ParseError[] = []
  const body = text.replace(/^\uFEFF/, '')
  parseTree(body, errors, { disallowComments: true, allowTrailingComma: false })
  return errors[0] && positionOf(body, errors[0].offset)
}

/** Line and column of a position, both from 1. */
export function positionOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/)
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`
}

/** The text with one more member (with a key) or item at the end of the object or list at a path. */
export function append(text: string, path: JSONPath, value: unknown, key?: string): string {
  const container = findNodeAtLocation(parseJsonc(text), path)!
  const json = `${key === undefined ? '' : `${JSON.stringify(key)}: `}${JSON.stringify(value)}`
  const last = container.children?.at(-1)
  if (last) return appendAfter(text, last, json)
  const inserted = splice(text, container.offset + 1, 0, json)
  const around = container.parent?.parent
  if (around && isOnOneLine(text, around)) return inserted
  return formatted(inserted, container.offset, container.length + json.length)
}

/** After a trailing comma, the new part gets one too. */
function appendAfter(text: string, last: Node, json: string): string {
  const comma = commaAfter(text, last)
  const separated = comma === undefined ? splice(text, endOf(last), 0, ',') : text
  const part = comma === undefined ? json : `${json},`
  const end = (comma ?? endOf(last)) + 1
  if (isOnOneLine(text, last.parent!)) return splice(separated, end, 0, ` ${part}`)
  const at = endOfComments(separated, end)
  const lead = (text.includes('\r\n') ? '\r\n' : '\n') + indentationAt(text, last.offset)
  return formatted(splice(separated, at, 0, lead + part), at + lead.length, part.length)
}

/** The text with another value at an existing path. */
export function replace(text: string, path: JSONPath, value: unknown): string {
  const { offset, length } = findNodeAtLocation(parseJsonc(text), path)!
  return splice(text, offset, length, JSON.stringify(value))
}

/** The text without the member or item at a path, and with the comments around it. */
export function remove(text: string, path: JSONPath): string {
  const part = partAt(text, path)
  const comma = commaAfter(text, part)
  const end = endOf(part)
  if (comma !== undefined && text.slice(end, comma).trim() === '')
    return applyEdits(text, [cut(text, part.offset, comma + 1, true)])
  const siblings = part.parent!.children!
  const previous = siblings[siblings.indexOf(part) - 1]
  const separator = comma ?? (previous && commaAfter(text, previous))
  const commas = separator === undefined ? [] : [{ offset: separator, length: 1, content: '' }]
  return applyEdits(text, [...commas, cut(text, part.offset, end, comma !== undefined)])
}

/** Whether the object or list at a path contains nothing, and its member no comment. */
export function isBlank(text: string, path: JSONPath): boolean {
  const { children = [] } = findNodeAtLocation(parseJsonc(text), path)!
  const part = partAt(text, path)
  return children.length === 0 && !hasComment(text, part.offset, endOf(part))
}

/** The member with its key, or the item, at a path. */
function partAt(text: string, path: JSONPath): Node {
  const value = findNodeAtLocation(parseJsonc(text), path)!
  return value.parent!.type === 'property' ? value.parent! : value
}

/** Removes a range with its line, when nothing else is on it, or with the spaces that separated it. */
function cut(text: string, start: number, end: number, isFollowed: boolean): Edit {
  const before = /(\r?\n)?([ \t]*)$/.exec(text.slice(0, start))!
  const after = /^[ \t]*/.exec(text.slice(end))![0]
  const isLine = before[1] !== undefined && /^\r?\n/.test(text.slice(end + after.length))
  const from = isLine ? before.index : isFollowed ? start : start - before[2]!.length
  const to = isLine || isFollowed ? end + after.length : end
  return { offset: from, length: to - from, content: '' }
}

function hasComment(text: string, start: number, end: number): boolean {
  let found = false
  const onComment = (offset: number) => {
    if (offset >= start && offset < end) found = true
  }
  visit(text, { onComment }, { allowTrailingComma: true })
  return found
}

/** The comma between a part and the next one, or a trailing comma. */
function commaAfter(text: string, part: Node): number | undefined {
  const siblings = part.parent!.children!
  const limit = siblings[siblings.indexOf(part) + 1]?.offset ?? endOf(part.parent!)
  let comma: number | undefined
  const onSeparator = (character: string, offset: number) => {
    if (character === ',' && offset >= endOf(part) && offset < limit) comma ??= offset
  }
  visit(text, { onSeparator }, { allowTrailingComma: true })
  return comma
}

/** The end of the comments that follow a position on its line. */
function endOfComments(text: string, position: number): number {
  let end = position
  const onComment = (offset: number, length: number) => {
    if (offset >= end && /^[ \t]*$/.test(text.slice(end, offset))) end = offset + length
  }
  visit(text, { onComment }, { allowTrailingComma: true })
  return end
}

/** The text with the lines of a range in the layout that the rest has. */
function formatted(text: string, offset: number, length: number): string {
  return applyEdits(text, format(text, { offset, length }, layoutOf(text)))
}

function layoutOf(text: string): FormattingOptions {
  const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  '
  return { insertSpaces: !unit.includes('\t'), tabSize: unit.includes('\t') ? 4 : unit.length }
}

function isOnOneLine(text: string, { offset, length }: Node): boolean {
  return !/[\r\n]/.test(text.slice(offset, offset + length))
}

function indentationAt(text: string, position: number): string {
  return /(?:^|[\r\n])([ \t]*)[^\r\n]*$/.exec(text.slice(0, position))![1]!
}

function endOf({ offset, length }: Node): number {
  return offset + length
}

function splice(text: string, offset: number, length: number, content: string): string {
  return applyEdits(text, [{ offset, length, content }])
}

/** `PropertyNameExpected` as `property name expected`. */
function inWords(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}
