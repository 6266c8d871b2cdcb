/** The part of JSON Schema that the wire's schemas use. */
interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
}

/**
 * TypeScript declarations of wire schemas, so that the published types need neither the schemas nor their
 * library.
 * @param wanted names to declare; the named schemas that they consist of are declared too
 * @param schemas by name
 * @throws {TypeError} when a name has no schema, or a schema uses an unknown keyword
 */
export function declareTypes(wanted: Iterable<string>, schemas: Readonly<Record<string, unknown>>): string {
  const names = new Map<unknown, string>()
  for (const [name, schema] of Object.entries(schemas)) if (isSchema(schema)) names.set(schema, name)
  const declared = new Map<string, string>()
  const due = [...wanted]

  const refer = (schema: JsonSchema): string => {
    const name = names.get(schema)
    if (name === undefined) return print(schema)
    due.push(name)
    return name
  }
  const print = (schema: JsonSchema): string => {
    if ('const' in schema) return JSON.stringify(schema.const)
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
    if (schema.anyOf) return schema.anyOf.map(refer).join(' | ')
    if (schema.allOf) return schema.allOf.map(refer).join(' & ')
    if (typeof schema.type === 'object')
      return schema.type.map((type) => print({ ...schema, type })).join(' | ')
    switch (schema.type) {
      case 'string':
      case 'boolean':
      case 'null':
        return schema.type
      case 'number':
      case 'integer':
        return 'number'
      case 'array':
        return `(${refer(schema.items!)})[]`
      case 'object':
        return printObject(schema)
      default:
        throw new TypeError(`expected a schema with a known type, got ${JSON.stringify(schema)}`)
    }
  }
  const printObject = ({ properties, required = [], additionalProperties }: JsonSchema): string => {
    if (properties === undefined) return `Record<string, ${refer(additionalProperties as JsonSchema)}>`
    const lines = Object.entries(properties).map(([key, schema]) => {
      const mark = required.includes(key) ? '' : '?'
      return `${comment(schema)}${JSON.stringify(key)}${mark}: ${refer(schema)}`
    })
    return `{\n${lines.join('\n')}\n}`
  }

  for (let name = due.shift(); name !== undefined; name = due.shift()) {
    if (declared.has(name)) continue
    const schema = schemas[name]
    if (!isSchema(schema)) throw new TypeError(`there is no schema ${name}`)
    declared.set(name, `${comment(schema)}export type ${name} = ${print(schema)}\n`)
  }
  return [...declared.values()].join('\n')
}

function comment({ description }: JsonSchema): string {
  return description === undefined ? '' : `/** ${description.replaceAll('*/', '* /')} */\n`
}

function isSchema(value: unknown): value is JsonSchema {
  const words = ['type', 'anyOf', 'allOf', 'enum', 'const']
  return typeof value === 'object' && value !== null && words.some((word) => word in value)
}
