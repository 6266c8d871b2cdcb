import { type Static, Type } from 'typebox'

/** An instant in a request: RFC 3339 text, or epoch milliseconds. */
export const InstantInput = Type.Unsafe<string | number>({
  type: ['string', 'integer'],
  description: 'RFC 3339 date-time with offset, or epoch milliseconds.',
  examples: ['2026-11-22T09:30:00.120Z'],
})
export type InstantInput = Static<typeof InstantInput>

/** An instant in an answer: RFC 3339 in UTC with milliseconds. */
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339 date-time in UTC.' })
