import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'

/**
 * Checks with TypeBox. Text in query, params and headers is first converted to the schema's types, and
 * defaults are filled in.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema)
  return (value: unknown) => {
    const converted = httpPart === 'body' ? value : Value.Convert(schema, Value.Default(schema, value))
    if (compiled.Check(converted)) return { value: converted }
    return { error: compiled.Errors(converted) as unknown as FastifySchemaValidationError[] & Error }
  }
}
