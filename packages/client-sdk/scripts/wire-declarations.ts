import * as exported from '@skillwatch/schema'
import { compile, type JSONSchema } from 'json-schema-to-typescript'

/**
 * Declarations of the types of `@skillwatch/schema`, made from its schemas. Its own types are computed by
 * TypeBox: to publish those would make TypeBox a dependency, and show no descriptions.
 */
export function wireDeclarations(): Promise<string> {
  const definitions = Object.fromEntries(Object.entries<unknown>(exported).filter(isNamedSchema))
  // Each schema that is used in another one is the same object there, which is how its name is found.
  return compile({ definitions, anyOf: Object.values(definitions) }, 'Wire', {
    additionalProperties: false,
    bannerComment: '',
    format: false,
    ignoreMinAndMaxItems: true,
  })
}

function isNamedSchema(entry: [string, unknown]): entry is [string, JSONSchema] {
  const [, value] = entry
  const words = ['type', 'anyOf', 'allOf', 'enum']
  return typeof value === 'object' && value !== null && words.some((word) => word in value)
}
