import { NAME_LENGTH_MAX, TEXT_LENGTH_MAX } from '@skillwatch/schema'
import { type Attributes, textOf } from './attributes.ts'

const NANOSECONDS_PER_MS = 1_000_000

/** Whole milliseconds since 1970. */
export function toMs(nanoseconds: bigint | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : Number(nanoseconds / BigInt(NANOSECONDS_PER_MS))
}

/** Milliseconds between two instants, or undefined when one is unknown or the end is before the start. */
export function durationMs(startNs: bigint | undefined, endNs: bigint | undefined): number | undefined {
  if (startNs === undefined || endNs === undefined || endNs < startNs) return undefined
  return Number(endNs - startNs) / NANOSECONDS_PER_MS
}

/** Cuts the name of a call that is too long. Ids are never cut, because two of them could become one. */
export function cutName(name: string): string {
  return name.slice(0, NAME_LENGTH_MAX).toWellFormed()
}

export function cutText(text: string): string {
  return text.replaceAll('\0', '').slice(0, TEXT_LENGTH_MAX).toWellFormed()
}

/** The attributes of these names that have a value, as attributes of an observation. */
export function pickAttributes(
  attributes: Attributes,
  names: readonly string[],
): Record<string, string | number | boolean> {
  const picked: Record<string, string | number | boolean> = {}
  for (const name of names) {
    const value = attributes.get(name)
    const kept = typeof value === 'string' ? cutText(value) : value
    if (kept !== undefined && kept !== '') picked[name] = kept
  }
  return picked
}

/**
 * The user that the agent worked for: the account rather than the installation. Organizations are not read.
 */
export function userOf(...sources: readonly Attributes[]): string | undefined {
  for (const name of ['user.account_uuid', 'user.account_id', 'user.id', 'enduser.id']) {
    for (const attributes of sources) {
      const user = textOf(attributes, name)
      // Any of these names may contain an e-mail address, which is not stored, not even as a hash.
      if (user !== undefined && !user.includes('@') && user.length <= NAME_LENGTH_MAX) return user
    }
  }
  return undefined
}

/** The type of an object without its undefined fields. */
type Defined<T> = { [Field in keyof T as undefined extends T[Field] ? never : Field]: T[Field] } & {
  [Field in keyof T as undefined extends T[Field] ? Field : never]?: Exclude<T[Field], undefined>
}

/** The object without its undefined fields. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
}
