import {
  ConfigError,
  commonConfig,
  environmentSchema,
  parseEnvironment,
  type ServiceConfig,
} from '@skillwatch/service'
import { Type } from 'typebox'

const HOUR_MS = 3_600_000

/** The environment of this service, with defaults and descriptions. */
export const Environment = environmentSchema('ANALYST', 8768, {
  ANALYST_INGEST_URL: Type.String({
    default: 'http://127.0.0.1:8766',
    pattern: '^https?://[^\\s/]',
    description: 'Address of ingest, which stores the findings.',
  }),
  ANALYST_API_KEYS: Type.String({
    default: '',
    secret: true,
    description:
      'Comma list of API keys with scope findings: one for each project that has keys. Projects without ' +
      'keys need none where ingest accepts callers without a key.',
  }),
  ANALYST_EVERY_HOURS: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 8,
    description: 'Hours between two runs, which are at full hours and a few minutes.',
  }),
  ANALYST_TIME_ZONE: Type.String({
    default: '',
    description:
      'Time zone of the hours of the week that are alike, such as Europe/Berlin; empty: that of the machine.',
  }),
  ANALYST_RUN_MS_MAX: Type.Integer({
    default: 900_000,
    minimum: 100,
    maximum: 2_147_483_647,
    description: 'Longest time in milliseconds that the analysis of one project may take; then it is ended.',
  }),
})

export interface Config extends ServiceConfig {
  readonly ingestUrl: string
  readonly apiKeys: readonly string[]
  readonly everyMs: number
  readonly timeZone: string
  readonly runMsMax: number
}

/** @throws {ConfigError} naming every wrong or unknown variable */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const environment = parseEnvironment(Environment, env)
  return {
    ...commonConfig('ANALYST', environment),
    ingestUrl: environment.ANALYST_INGEST_URL.replace(/\/+$/, ''),
    apiKeys: environment.ANALYST_API_KEYS.split(',').flatMap((part) => part.trim() || []),
    everyMs: environment.ANALYST_EVERY_HOURS * HOUR_MS,
    timeZone: timeZoneOf(environment.ANALYST_TIME_ZONE),
    runMsMax: environment.ANALYST_RUN_MS_MAX,
  }
}

function timeZoneOf(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { ...(name !== '' && { timeZone: name }) }).resolvedOptions()
      .timeZone
  } catch {
    throw new ConfigError(`the configuration is wrong:\n  ANALYST_TIME_ZONE: no time zone is named ${name}`)
  }
}
