/** Bytes of a SQLite record: its header (its own length and a type per value) and its values. */
export function recordBytes(values: readonly unknown[]): number {
  const sizes = values.map(valueBytes)
  const types = values.map((value, index) => (isSized(value) ? varintBytes(sizes[index]! * 2 + 13) : 1))
  const header = 1 + sum(types)
  return header + (header > 127 ? 1 : 0) + sum(sizes)
}

function isSized(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array
}

function valueBytes(value: unknown): number {
  if (value === null || value === 0 || value === 1) return 0
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (value instanceof Uint8Array) return value.length
  if (typeof value === 'number') return Number.isInteger(value) ? integerBytes(value) : 8
  throw new TypeError(`not a value of SQLite: ${String(value)}`)
}

/** Integers have 1, 2, 3, 4, 6 or 8 bytes; a real without a fraction is stored as an integer. */
function integerBytes(value: number): number {
  const magnitude = value < 0 ? -value - 1 : value
  return [1, 2, 3, 4, 6].find((bytes) => magnitude < 2 ** (8 * bytes - 1)) ?? 8
}

/** Seven bits a byte. */
function varintBytes(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : 3
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
