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
import { unknownVariables, wrongVariables } from './config-problems.ts'

/** A configuration that cannot be used. The message names every wrong or unknown variable, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type ServiceName = 'INGEST' | 'WS_GATEWAY' | 'EXPORTER' | 'ANALYST'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const ANONYMOUS_ACCESS = ['loopback', 'allow', 'deny'] as const

type AddressProperties<S extends ServiceName> = { [key in `${S}_HOST`]: TString } & {
  [key in `${S}_PORT`]: TInteger
}

type SharedProperties = {
  SKILLWATCH_DATABASE_URL: TString
  SKILLWATCH_ANONYMOUS_ACCESS: TEnum<[...typeof ANONYMOUS_ACCESS]>
  SKILLWATCH_ALLOWED_HOSTS: TString
  SKILLWATCH_ALLOWED_ORIGINS: TString
  SKILLWATCH_LOG_LEVEL: TEnum<[...typeof LOG_LEVELS]>
  SKILLWATCH_STARTED_BY: TString
}

/** The variables that every service has, converted. */
export interface ServiceConfig {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly startedBy: string
  readonly access: {
    readonly mode: (typeof ANONYMOUS_ACCESS)[number]
    readonly allowedHosts: readonly string[]
    readonly allowedOrigins: readonly string[]
  }
}

/**
 * The schema of a service's environment: its own variables and those that all services share.
 * Every variable has a default, except secrets.
 * @param own properties named `<SERVICE>_…`; `secret: true` keeps a value out of error messages
 */
export function environmentSchema<S extends ServiceName, P extends TProperties>(
  service: S,
  defaultPort: number,
  own: P,
): TObject<AddressProperties<S> & SharedProperties & P> {
  const properties = { ...addressProperties(service, defaultPort), ...sharedProperties(), ...own }
  return Type.Object(properties as unknown as AddressProperties<S> & SharedProperties & P, {
    title: service,
  })
}

function addressProperties(service: ServiceName, defaultPort: number): TProperties {
  return {
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
  }
}

function sharedProperties(): SharedProperties {
  return {
    SKILLWATCH_DATABASE_URL: Type.String({
      default: 'sqlite:./data/skillwatch.db',
      minLength: 1,
      description: 'The database. A relative path starts at the root of the repository.',
    }),
    SKILLWATCH_ANONYMOUS_ACCESS: Type.Enum([...ANONYMOUS_ACCESS], {
      default: 'loopback',
      description:
        'Who needs no API key: callers of a service that listens on loopback, everyone, or no one.',
    }),
    SKILLWATCH_ALLOWED_HOSTS: Type.String({
      default: '',
      description: 'Comma list of Host names to accept besides loopback names and the address listened on.',
    }),
    SKILLWATCH_ALLOWED_ORIGINS: Type.String({
      default: '',
      description: 'Comma list of browser origins that may call, such as https://dashboard.example.org.',
    }),
    SKILLWATCH_LOG_LEVEL: Type.Enum([...LOG_LEVELS], {
      default: 'info',
      description: 'Least severe level that is logged.',
    }),
    SKILLWATCH_STARTED_BY: Type.String({
      default: '',
      description:
        'What starts the service, such as `docker compose`, which sets it. /health/live names it.',
    }),
  }
}

/**
 * The values of an environment, converted, with defaults. An empty variable counts as absent.
 * @throws {ConfigError} naming every wrong variable and every unknown one that has the service's own prefix
 */
export function parseEnvironment<T extends TObject>(schema: T, env: NodeJS.ProcessEnv): Static<T> {
  const set = Object.entries(env).filter(
    ([name, text]) => Object.hasOwn(schema.properties, name) && text !== '',
  )
  const value = Value.Convert(schema, Value.Default(schema, Object.fromEntries(set)))
  const problems = [...wrongVariables(schema, value, env), ...unknownVariables(schema, env)]
  if (problems.length > 0) throw new ConfigError(`the configuration is wrong:\n  ${problems.join('\n  ')}`)
  return value as Static<T>
}

/** What a service's environment sets of the variables that every service has. */
export function commonConfig<S extends ServiceName>(
  service: S,
  environment: Static<TObject<AddressProperties<S> & SharedProperties>>,
): ServiceConfig {
  const values = environment as Static<TObject<SharedProperties>> & Record<string, unknown>
  return {
    host: values[`${service}_HOST`] as string,
    port: values[`${service}_PORT`] as number,
    databaseUrl: values.SKILLWATCH_DATABASE_URL,
    logLevel: values.SKILLWATCH_LOG_LEVEL,
    startedBy: values.SKILLWATCH_STARTED_BY,
    access: {
      mode: values.SKILLWATCH_ANONYMOUS_ACCESS,
      allowedHosts: commaList(values.SKILLWATCH_ALLOWED_HOSTS),
      allowedOrigins: commaList(values.SKILLWATCH_ALLOWED_ORIGINS),
    },
  }
}

/** The parts of a comma list, trimmed, without empty ones. */
function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
