import { Type } from 'typebox'
import { NAME_LENGTH_MAX, TEXT_LENGTH_MAX } from './limits.ts'

export { NAME_LENGTH_MAX, TEXT_LENGTH_MAX }

/**
 * A name: 1–200 characters, without control characters and lone surrogates (SQL and UTF-8 cannot represent
 * the latter).
 */
export const name = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: NAME_LENGTH_MAX, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })

/** A text that may contain line breaks, without NUL and lone surrogates. */
export const text = (description: string, maxLength = TEXT_LENGTH_MAX) =>
  Type.String({ description, minLength: 1, maxLength, pattern: '^[^\\u0000\\p{Cs}]*$' })
