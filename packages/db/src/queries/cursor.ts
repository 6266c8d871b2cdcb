/** One page of a list. */
export interface Page<T> {
  items: T[]
  /** Send it as `cursor` for the next page; null at the end. Opaque to callers; it names its list. */
  next_cursor: string | null
}

/** `asc`: the lowest first. */
export type ListOrder = 'asc' | 'desc'

/** The cursor is not one of this list. The caller's fault. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
  constructor() {
    super(
      'expected a next_cursor of this list in this order; leave the cursor out to start from the beginning',
    )
  }
}

type CursorValue = string | number
type ValueType = 'string' | 'integer'

/** A cursor holds a name of at most 200 characters, each of at most four bytes, in base64. */
const CURSOR_LENGTH_MAX = 2_000

/** @param list names the list and its order: a cursor of another list is refused */
export function encodeCursor(list: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([list, ...values])).toString('base64url')
}

/** @throws {CursorError} when the text is not a cursor of this list */
export function decodeCursor(cursor: string, list: string, types: readonly ValueType[]): CursorValue[] {
  const decoded = cursor.length <= CURSOR_LENGTH_MAX ? parse(cursor) : undefined
  if (!Array.isArray(decoded) || decoded.length !== types.length + 1 || decoded[0] !== list)
    throw new CursorError()
  const values = decoded.slice(1)
  if (!values.every((value, index) => isOfType(value, types[index]!))) throw new CursorError()
  return values
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch (error) {
    throw Object.assign(new CursorError(), { cause: error })
  }
}

function isOfType(value: unknown, type: ValueType): boolean {
  return type === 'string' ? typeof value === 'string' : Number.isSafeInteger(value)
}

/** @param rows one more than `limit` when there is a next page */
export function toPage<Row>(rows: Row[], limit: number, cursorOf: (last: Row) => string): Page<Row> {
  if (rows.length <= limit) return { items: rows, next_cursor: null }
  const items = rows.slice(0, limit)
  return { items, next_cursor: cursorOf(items.at(-1)!) }
}
