import { isObject } from '@skillwatch/schema/claude-code'

/** The attributes of a span, log record or resource that have a plain value. */
export type Attributes = ReadonlyMap<string, string | number | boolean>

/**
 * Reads a list of key-value pairs. Values that are lists, maps or bytes are ignored, because none of them is
 * used.
 */
export function readAttributes(list: readonly unknown[]): Attributes {
  const attributes = new Map<string, string | number | boolean>()
  for (const pair of list) {
    if (!isObject(pair) || typeof pair.key !== 'string') continue
    const value = readValue(pair.value)
    if (value !== undefined) attributes.set(pair.key, value)
  }
  return attributes
}

/**
 * The plain value of an AnyValue. 64-bit integers are text or numbers; those above 2^53 lose their last
 * digits.
 */
export function readValue(value: unknown): string | number | boolean | undefined {
  if (!isObject(value)) return undefined
  if (typeof value.stringValue === 'string') return value.stringValue.toWellFormed()
  if (typeof value.boolValue === 'boolean') return value.boolValue
  return toFinite(value.intValue) ?? toFinite(value.doubleValue)
}

/** The first of these attributes that is not empty, as text. */
export function textOf(attributes: Attributes, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name)
    if (value !== undefined && value !== '') return String(value)
  }
  return undefined
}

/** The first of these attributes that is a number, or a number written as text. */
export function numberOf(attributes: Attributes, ...names: string[]): number | undefined {
  for (const name of names) {
    const number = toFinite(attributes.get(name))
    if (number !== undefined) return number
  }
  return undefined
}

function toFinite(value: unknown): number | undefined {
  if (typeof value === 'string' && value.trim() === '') return undefined
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}
