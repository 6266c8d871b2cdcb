import { Type } from 'typebox'
import { NAME_LENGTH_MAX, TEXT_LENGTH_MAX } from './limits.ts'

export { NAME_LENGTH_MAX, TEXT_LENGTH_MAX }

/** A name: 1–200 characters, without control characters and lone surrogates (neither SQL nor UTF-8 can carry the latter). */
export const name = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: NAME_LENGTH_MAX, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })

/** A short text that may hold line breaks, without NUL and lone surrogates. */
export const text = (description: string, maxLength = TEXT_LENGTH_MAX) =>
  Type.String({ description, minLength: 1, maxLength, pattern: '^[^\\u0000\\p{Cs}]*$' })
