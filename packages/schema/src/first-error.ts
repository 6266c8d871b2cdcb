import type { Validator } from 'typebox/compile'

/** What is wrong with a value, and where: a JSON pointer (RFC 6901) into it. */
export interface Refusal {
  readonly pointer: string
  readonly reason: string
}

/**
 * The validator's error that helps most, in words. An unknown field is named first: it is often a
 * misspelt one.
 */
export function firstError(check: Pick<Validator, 'Errors'>, value: unknown): Refusal {
  const errors = check.Errors(value)
  const unknown = errors.find(
    (error) => error.keyword === 'additionalProperties' && error.instancePath === '',
  )
  if (unknown) {
    const [field] = (unknown.params as { additionalProperties: string[] }).additionalProperties
    return {
      pointer: `${unknown.instancePath}/${escapePointer(field!)}`,
      reason: 'is not a known field; put own fields into attributes',
    }
  }
  const error = errors[0]!
  if (error.keyword === 'required') {
    const [field] = (error.params as { requiredProperties: string[] }).requiredProperties
    return { pointer: `${error.instancePath}/${escapePointer(field!)}`, reason: 'is required' }
  }
  if (error.keyword === 'type' && error.instancePath.startsWith('/attributes/')) {
    return { pointer: error.instancePath, reason: 'must be a string, a number or a boolean' }
  }
  if (error.keyword === 'pattern')
    return { pointer: error.instancePath, reason: 'holds a control character or a lone surrogate' }
  if (error.keyword === 'enum') {
    const { allowedValues } = error.params as { allowedValues: string[] }
    return { pointer: error.instancePath, reason: `must be one of ${allowedValues.join(', ')}` }
  }
  return { pointer: error.instancePath, reason: error.message }
}

/** RFC 6901 section 3. Long keys are shortened, so that an answer does not repeat the body. */
function escapePointer(key: string): string {
  return key.slice(0, 100).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')
}
