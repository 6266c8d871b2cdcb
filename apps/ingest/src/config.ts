import { resolve } from 'node:path'
import { databaseSpoolFolder } from '@skillwatch/client/spool'
import { sqlitePath } from '@skillwatch/db'
import {
  ConfigError,
  commonConfig,
  environmentSchema,
  parseEnvironment,
  type ServiceConfig,
} from '@skillwatch/service'
import { type Static, Type } from 'typebox'

const positive = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

const own = {
  INGEST_OTLP_PORT: Type.Integer({
    default: 4318,
    minimum: 0,
    maximum: 65_535,
    description: "A second port to listen on: OpenTelemetry's own. 0 switches it off.",
  }),
  INGEST_BODY_LIMIT_BYTES: positive(8 * 1024 * 1024, 'Largest request body, after decompression.'),
  INGEST_BATCH_ITEMS_MAX: positive(5_000, 'Most observations in one request.'),
  INGEST_BODIES_LIMIT_BYTES: positive(
    128 * 1024 * 1024,
    'Most bytes of the bodies of all requests in progress; above it, the answer is 503 with Retry-After.',
  ),
  INGEST_QUEUE_ITEMS_MAX: positive(
    20_000,
    'Most observations that wait for their commit; above it, the answer is 503 with Retry-After.',
  ),
  INGEST_GROUP_ROWS_MAX: positive(500, 'Most observations in one transaction.'),
  INGEST_GROUP_DELAY_MS: Type.Integer({
    default: 5,
    minimum: 0,
    maximum: 1_000,
    description:
      'Least milliseconds between transactions that are not full. The first after a pause does not wait.',
  }),
  INGEST_SPOOL_FOLDER: Type.String({
    default: '',
    description:
      'Folder for observations of hooks and commands on this machine, of one database only; empty: beside ' +
      'the database, with its name and `-spool`.',
  }),
  INGEST_INTEGRITY_CHECK: Type.Enum(['auto', 'quick', 'full', 'off'], {
    default: 'auto',
    description:
      'How the database file is checked when the service starts; `auto`: quickly, after an unclean stop.',
  }),
}

/** The environment of this service, with defaults and descriptions. */
export const Environment = environmentSchema('INGEST', 8766, own)
type Environment = Static<typeof Environment>

/** Bounds of requests. */
export interface IngestLimits {
  readonly bodyLimitBytes: number
  readonly batchItemsMax: number
  /** Bodies of all requests in progress together. */
  readonly bodiesLimitBytes: number
}

export interface Config extends ServiceConfig {
  readonly otlpPort: number
  readonly limits: IngestLimits
  readonly queue: QueueConfig
  /** Absolute. */
  readonly spoolFolder: string
  readonly integrityCheck: Environment['INGEST_INTEGRITY_CHECK']
}

/** How observations wait for their commit and how commits are grouped. */
interface QueueConfig {
  readonly queueItemsMax: number
  readonly groupRowsMax: number
  readonly groupDelayMs: number
}

/** @throws {ConfigError} naming every wrong or unknown variable, or two bounds that contradict each other */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const environment = parseEnvironment(Environment, env)
  demandRoom(environment, 'INGEST_QUEUE_ITEMS_MAX', 'INGEST_BATCH_ITEMS_MAX')
  demandRoom(environment, 'INGEST_BODIES_LIMIT_BYTES', 'INGEST_BODY_LIMIT_BYTES')
  return {
    ...commonConfig('INGEST', environment),
    otlpPort: environment.INGEST_OTLP_PORT,
    limits: ingestLimits(environment),
    queue: queueConfig(environment),
    spoolFolder: spoolFolder(environment),
    integrityCheck: environment.INGEST_INTEGRITY_CHECK,
  }
}

type Bound =
  | 'INGEST_QUEUE_ITEMS_MAX'
  | 'INGEST_BATCH_ITEMS_MAX'
  | 'INGEST_BODIES_LIMIT_BYTES'
  | 'INGEST_BODY_LIMIT_BYTES'

function demandRoom(environment: Environment, whole: Bound, part: Bound): void {
  if (environment[whole] >= environment[part]) return
  throw new ConfigError(
    `${whole} (${environment[whole]}) is less than ${part} (${environment[part]}), ` +
      'so the largest allowed request could never be accepted; raise the first or lower the second',
  )
}

function ingestLimits(environment: Environment): IngestLimits {
  return {
    bodyLimitBytes: environment.INGEST_BODY_LIMIT_BYTES,
    batchItemsMax: environment.INGEST_BATCH_ITEMS_MAX,
    bodiesLimitBytes: environment.INGEST_BODIES_LIMIT_BYTES,
  }
}

function queueConfig(environment: Environment): QueueConfig {
  return {
    queueItemsMax: environment.INGEST_QUEUE_ITEMS_MAX,
    groupRowsMax: environment.INGEST_GROUP_ROWS_MAX,
    groupDelayMs: environment.INGEST_GROUP_DELAY_MS,
  }
}

const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..')

/** A relative folder starts at the root of the repository, as the path of the database does. */
function spoolFolder({ INGEST_SPOOL_FOLDER, SKILLWATCH_DATABASE_URL }: Environment): string {
  if (INGEST_SPOOL_FOLDER !== '') return resolve(REPOSITORY_ROOT, INGEST_SPOOL_FOLDER)
  return databaseSpoolFolder(sqlitePath(SKILLWATCH_DATABASE_URL))
}
