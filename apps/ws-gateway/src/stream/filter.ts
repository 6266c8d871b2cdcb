import { createHash } from 'node:crypto'
import type { StreamEntity, StreamFilter } from '@skillwatch/schema'
import type { FilteredFields, SerialisedChange } from './serialised-change.ts'

type Field = keyof FilteredFields

/** Keys list the fields in this order, so that equal filters have equal keys. */
const FIELDS: readonly Field[] = ['kind', 'skill_name', 'session_id', 'workflow_phase', 'outcome']

/**
 * A filter ready for use. Filters that match the same have the same `key`, a hash, as a filter may be long.
 */
export interface CompiledFilter {
  readonly key: string
  matches(change: Pick<SerialisedChange, 'entity' | 'fields'>): boolean
}

/**
 * All given fields must match; a list matches any of its values; a missing field never matches. A deletion
 * passes every filter.
 */
export function compileFilter(
  filter: StreamFilter = {},
  entities: readonly StreamEntity[] = ['invocation'],
): CompiledFilter {
  const of = new Set(entities)
  const wanted = FIELDS.flatMap((field): [Field, ReadonlySet<string>][] => {
    const values = filter[field]
    return values === undefined ? [] : [[field, new Set<string>([values].flat())]]
  })
  return {
    key: hash(
      JSON.stringify([[...of].sort(), wanted.map(([field, values]) => [field, [...values].sort()])]),
    ),
    matches: ({ entity, fields }) =>
      of.has(entity) &&
      (fields === undefined || wanted.every(([field, values]) => isWanted(values, fields[field]))),
  }
}

function isWanted(values: ReadonlySet<string>, value: string | undefined): boolean {
  return value !== undefined && values.has(value)
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
