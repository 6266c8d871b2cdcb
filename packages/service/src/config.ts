import {
  type Static,
  type TEnum,
  type TInteger,
  type TObject,
  type TProperties,
  type TString,
  Type,
} from 'typebox'
import { Value } from 'typebox/value'

/** Says which variables are missing, wrong or misspelt, all of them, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type ServiceName = 'INGEST' | 'WS_GATEWAY' | 'EXPORTER'

type AddressProperties<S extends ServiceName> = { [key in `${S}_HOST`]: TString } & {
  [key in `${S}_PORT`]: TInteger
}

type SharedProperties = {
  SKILLWATCH_DATABASE_URL: TString
  SKILLWATCH_ANONYMOUS_ACCESS: TEnum<['loopback', 'allow', 'deny']>
  SKILLWATCH_ALLOWED_HOSTS: TString
  SKILLWATCH_ALLOWED_ORIGINS: TString
  SKILLWATCH_LOG_LEVEL: TEnum<['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']>
}

/**
 * The variables of a service: its own and those that all share. Every one has a default, except secrets.
 * @param own properties named `<SERVICE>_…`; a secret is marked with `secret: true` and never shown
 */
export function serviceConfig<S extends ServiceName, P extends TProperties>(
  service: S,
  defaultPort: number,
  own: P,
): TObject<AddressProperties<S> & SharedProperties & P> {
  const properties = {
    [`${service}_HOST`]: Type.String({
      default: '127.0.0.1',
      minLength: 1,
      description:
        'Address to listen on. Other than loopback needs API keys or SKILLWATCH_ANONYMOUS_ACCESS=allow.',
    }),
    [`${service}_PORT`]: Type.Integer({
      default: defaultPort,
      minimum: 0,
      maximum: 65_535,
      description: 'TCP port.',
    }),
    ...sharedProperties(),
    ...own,
  }
  return Type.Object(properties as unknown as AddressProperties<S> & SharedProperties & P, {
    title: service,
  })
}

function sharedProperties(): SharedProperties {
  return {
    SKILLWATCH_DATABASE_URL: Type.String({
      default: 'sqlite:./data/skillwatch.db',
      minLength: 1,
      description: 'The database; a relative path starts at the root of the repository.',
    }),
    SKILLWATCH_ANONYMOUS_ACCESS: Type.Enum(['loopback', 'allow', 'deny'], {
      default: 'loopback',
      description: 'Who needs no API key: callers of a service on a loopback address, everyone, or no one.',
    }),
    SKILLWATCH_ALLOWED_HOSTS: Type.String({
      default: '',
      description: 'Comma list of Host names to answer to, besides loopback and the address listened on.',
    }),
    SKILLWATCH_ALLOWED_ORIGINS: Type.String({
      default: '',
      description: 'Comma list of browser origins that may call, such as https://dashboard.example.org.',
    }),
    SKILLWATCH_LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      default: 'info',
      description: 'Least severe level that is logged.',
    }),
  }
}

/**
 * The configuration in an environment. An empty variable counts as absent.
 * @throws {ConfigError} naming every wrong variable and every unknown one that carries the service's own prefix
 */
export function readConfig<T extends TObject>(schema: T, env: NodeJS.ProcessEnv): Static<T> {
  const stated = Object.entries(env).filter(
    ([name, text]) => Object.hasOwn(schema.properties, name) && text !== '',
  )
  const value = Value.Convert(schema, Value.Default(schema, Object.fromEntries(stated)))
  const problems = [...wrongVariables(schema, value, env), ...unknownVariables(schema, env)]
  if (problems.length > 0) throw new ConfigError(`the configuration is wrong:\n  ${problems.join('\n  ')}`)
  return value as Static<T>
}

/** The parts of a comma list, without blanks. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

interface VariableSchema {
  type?: string
  enum?: unknown[]
  minimum?: number
  maximum?: number
  pattern?: string
  minLength?: number
  description?: string
  secret?: boolean
}

function wrongVariables(schema: TObject, value: unknown, env: NodeJS.ProcessEnv): string[] {
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const optional = !(schema.required as string[] | undefined)?.includes(name)
    const part = (value as Record<string, unknown>)[name]
    if ((part === undefined && optional) || Value.Check(property, part)) return []
    return `${name}: expected ${expectation(property)}, got ${shown(property, env[name])}`
  })
}

function expectation({
  type,
  enum: allowed,
  minimum,
  maximum,
  minLength,
  description,
}: VariableSchema): string {
  if (allowed) return `one of ${allowed.join(', ')}`
  const kind = type === 'integer' ? 'a whole number' : type === 'number' ? 'a number' : `a ${type}`
  const from = minimum === undefined ? '' : ` from ${minimum}`
  const to = maximum === undefined ? '' : ` to ${maximum}`
  const length = minLength === undefined ? '' : ` of at least ${minLength} characters`
  return `${kind}${from}${to}${length}${description ? ` (${description.replace(/\.$/, '')})` : ''}`
}

function shown({ secret }: VariableSchema, text: string | undefined): string {
  if (text === undefined || text === '') return 'nothing'
  return secret ? 'a secret that is not shown' : JSON.stringify(text.slice(0, 200))
}

function unknownVariables(schema: TObject, env: NodeJS.ProcessEnv): string[] {
  const { title } = schema as { title?: string }
  if (title === undefined) return []
  const known = Object.keys(schema.properties)
  return Object.keys(env)
    .filter((name) => name.startsWith(`${title}_`) && !known.includes(name))
    .map((name) => `${name}: is not known; ${suggestion(name, known)}`)
}

function suggestion(name: string, known: string[]): string {
  const nearest = known.map((each) => ({ each, distance: editDistance(name, each) })).sort(byDistance)[0]
  const longer = known.find((each) => each.startsWith(name) || name.startsWith(each))
  if (longer !== undefined) return `did you mean ${longer}?`
  return nearest && nearest.distance <= 4
    ? `did you mean ${nearest.each}?`
    : `known are ${known.filter((each) => !each.startsWith('SKILLWATCH_')).join(', ')}`
}

function byDistance(a: { distance: number }, b: { distance: number }): number {
  return a.distance - b.distance
}

/** Levenshtein distance (Wagner and Fischer 1974), one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
