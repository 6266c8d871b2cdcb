import {
  type ApiRequest,
  NAME_LENGTH_MAX,
  type Observation,
  type SpanContext,
  TEXT_LENGTH_MAX,
} from '@skillwatch/schema'
import { type Attributes, textOf } from './attributes.ts'

/** What was found in one record: an observation, a request to a model, nothing of ours, or something that cannot be taken. */
export type Found =
  | {
      readonly observation: Observation
      /** The record has no id of the call itself; `invocation_id` names the sighting alone. */
      readonly uncorrelated?: true
      /** Sizes of texts that did not come along. */
      readonly sizes?: { readonly arguments_bytes?: number; readonly result_bytes?: number }
    }
  | (FoundSpan & {
      /** What it is counted as while nobody has told enough of its call to record it. */
      readonly whenWaiting: string
    })
  | { readonly apiRequest: ApiRequest }
  | {
      readonly unused: string
      /** It tells of no call, but those inside it inherit from it. */
      readonly around?: FoundSpan
    }
  | { readonly rejected: string }

/** What a span states, and where it stands. */
export interface FoundSpan {
  readonly observation: Partial<Observation> & { invocation_id: string }
  readonly span: SpanContext
}

const NANOSECONDS_PER_MS = 1_000_000

/** Whole milliseconds since 1970. */
export function toMs(nanoseconds: bigint | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : Number(nanoseconds / BigInt(NANOSECONDS_PER_MS))
}

/** Milliseconds between two instants, or undefined when one is not known. */
export function durationMs(startNs: bigint | undefined, endNs: bigint | undefined): number | undefined {
  if (startNs === undefined || endNs === undefined || endNs < startNs) return undefined
  return Number(endNs - startNs) / NANOSECONDS_PER_MS
}

/** Names of calls are cut where they are too long; ids never are, for two of them could become one. */
export function cutName(name: string): string {
  return name.slice(0, NAME_LENGTH_MAX).toWellFormed()
}

export function cutText(text: string): string {
  return text.replaceAll('\0', '').slice(0, TEXT_LENGTH_MAX).toWellFormed()
}

/** The listed attributes that are there, as attributes of an observation. */
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

/** Who the agent worked for: the account before the installation. Addresses and organizations are left where they are. */
export function userOf(...sources: readonly Attributes[]): string | undefined {
  for (const name of ['user.account_uuid', 'user.account_id', 'user.id', 'enduser.id']) {
    for (const attributes of sources) {
      const user = textOf(attributes, name)
      // People's addresses come under any of these names; they are not kept, not even hashed.
      if (user !== undefined && !user.includes('@') && user.length <= NAME_LENGTH_MAX) return user
    }
  }
  return undefined
}

/** The type of an object whose fields may be undefined, once those are left out. */
type Stated<T> = { [Field in keyof T as undefined extends T[Field] ? never : Field]: T[Field] } & {
  [Field in keyof T as undefined extends T[Field] ? Field : never]?: Exclude<T[Field], undefined>
}

/** Without the fields that say nothing. */
export function stated<T extends object>(fields: T): Stated<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Stated<T>
}
