import { CursorError } from '@skillwatch/db'
import { InstantInput, Kind, NAME_LENGTH_MAX, parseAgeMs, parseInstant } from '@skillwatch/schema'
import { ProblemError, problemResponses } from '@skillwatch/service'
import { type TSchema, Type } from 'typebox'

/** Instants in a query may be in the future, up to the year 9999. */
const LATEST_MS = Date.UTC(9998, 11, 31)

export const nameParameter = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: NAME_LENGTH_MAX })

export const kindParameter = Type.Optional(
  Type.Enum(Kind.enum, { description: 'Only this kind; all kinds when it is absent.' }),
)

/** Optional for callers, never undefined for handlers: the default is filled in before. */
export const defaulted = <T extends TSchema>(schema: T) => Type.Optional(schema) as unknown as T

export const limitParameter = (byDefault: number) =>
  defaulted(
    Type.Integer({
      description: 'Items on a page, at most.',
      minimum: 1,
      maximum: 1_000,
      default: byDefault,
    }),
  )

/** Which end of a list comes first. */
export const orderParameter = (description: string) =>
  defaulted(Type.Enum(['desc', 'asc'], { default: 'desc', description }))

export const cursorParameter = Type.Optional(
  Type.String({
    description: '`next_cursor` of the previous page; all other parameters as for that page.',
    minLength: 1,
  }),
)

export const sinceParameter = Type.Optional(
  Type.Union([InstantInput], {
    description:
      'From here on: an age such as `7d` (m, h, d or w), RFC 3339 with offset, or epoch milliseconds.',
  }),
)
export const untilParameter = Type.Optional(
  Type.Union([InstantInput], {
    description: 'Up to here, excluded: an age, RFC 3339 with offset, or epoch milliseconds.',
  }),
)

/** Parameters of a list of what happened in a span of time. @param column the instant that orders it */
export const byTimeParameters = (column: string) => ({
  since: sinceParameter,
  until: untilParameter,
  order: orderParameter(`By \`${column}\`.`),
  limit: limitParameter(100),
  cursor: cursorParameter,
})

/** Parameters of a request. Unknown ones, mostly misspelt, are refused by name. */
export const parameters = <T extends Type.TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })

export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object(
    {
      items: Type.Array(item),
      next_cursor: Type.Union([Type.String(), Type.Null()], {
        description: 'Send it as `cursor` for the next page; null at the end of the list.',
      }),
    },
    { description: 'One page.' },
  )

/** Error responses that every read may give. */
export const problems = problemResponses('invalid-request', 'unauthorized', 'forbidden')
export const orNotFound = { ...problems, ...problemResponses('not-found') }

/**
 * Epoch milliseconds of a parameter that is an instant, or undefined when it was not given.
 * @throws {ProblemError} naming the parameter
 */
export function instantParameter(
  parameter: string,
  value: string | number | undefined,
  nowMs: number,
): number | undefined {
  if (value === undefined) return undefined
  const ageMs = typeof value === 'string' ? parseAgeMs(value) : undefined
  if (ageMs !== undefined) return nowMs - ageMs
  const ms = parseInstant(toInstantInput(value), LATEST_MS)
  if (typeof ms === 'number') return ms
  throw wrongParameter(parameter, ms.reason)
}

/**
 * `since` and `until` of a request in epoch milliseconds.
 * @throws {ProblemError} naming the parameter
 */
export function windowOf(
  { since, until }: { since?: string | number | undefined; until?: string | number | undefined },
  nowMs: number,
): { since_ms: number | undefined; until_ms: number | undefined } {
  return {
    since_ms: instantParameter('since', since, nowMs),
    until_ms: instantParameter('until', until, nowMs),
  }
}

/** @throws {ProblemError} when the cursor is not one of this list */
export function withCursor<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CursorError) throw wrongParameter('cursor', error.message)
    throw error
  }
}

/** An answer that names the parameter and what is wrong with it. */
export function wrongParameter(parameter: string, reason: string): ProblemError {
  return new ProblemError('invalid-request', `${parameter} ${reason}`, {
    errors: [{ pointer: `/${parameter}`, reason }],
  })
}

/** Query values are text, and the plus sign of an offset that was not escaped is received as a space. */
function toInstantInput(value: string | number): string | number {
  if (typeof value === 'number') return value
  if (/^-?\d{1,16}$/.test(value)) return Number(value)
  return value.replace(/ (?=\d{2}:\d{2}$)/, '+')
}
