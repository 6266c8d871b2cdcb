import type { TSchema } from 'typebox'

type Json = { [key: string]: unknown }

/**
 * Moves the named schemas of an OpenAPI document into its components and replaces each use by a reference.
 * A use is found by comparing JSON text, as the routes contain copies of the schemas.
 */
export function withReferences<T extends object>(
  document: T,
  schemas: Readonly<Record<string, TSchema>>,
): T {
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), name]))
  const replaced = (value: unknown): unknown => {
    const name = names.get(JSON.stringify(value))
    return name === undefined ? copy(value) : { $ref: `#/components/schemas/${name}` }
  }
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replaced)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part)]))
  }
  const referring = copy(document) as Json
  const parts = Object.entries(schemas).map(([name, schema]) => [
    name,
    copy(JSON.parse(JSON.stringify(schema))),
  ])
  referring.components = { ...(referring.components as Json), schemas: Object.fromEntries(parts) }
  return referring as T
}
