import { dirname, join, resolve } from 'node:path'
import { sqlitePath } from '@skillwatch/db'
import { ConfigError, readConfig, serviceConfig } from '@skillwatch/service'
import { type Static, Type } from 'typebox'

const positive = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

const own = {
  INGEST_OTLP_PORT: Type.Integer({
    default: 4318,
    minimum: 0,
    maximum: 65_535,
    description: "OpenTelemetry's own port, which is answered on as well; 0 is off.",
  }),
  INGEST_BODY_LIMIT_BYTES: positive(8 * 1024 * 1024, 'Largest request body, after decompression.'),
  INGEST_BATCH_ITEMS_MAX: positive(5_000, 'Most observations of one request.'),
  INGEST_BODIES_LIMIT_BYTES: positive(
    128 * 1024 * 1024,
    'Bodies of all requests in work together, at their largest; more are asked to come back.',
  ),
  INGEST_QUEUE_ITEMS_MAX: positive(
    20_000,
    'Most observations that wait for their commit; more are asked to come back.',
  ),
  INGEST_GROUP_ROWS_MAX: positive(500, 'Most observations of one transaction.'),
  INGEST_GROUP_DELAY_MS: Type.Integer({
    default: 5,
    minimum: 0,
    maximum: 1_000,
    description:
      'Least milliseconds between two transactions that are not full; the first after a pause does not wait.',
  }),
  INGEST_SPOOL_FOLDER: Type.String({
    default: '',
    description:
      'Where hooks and commands of this machine leave what they saw; `spool` beside the database when empty.',
  }),
  INGEST_INTEGRITY_CHECK: Type.Enum(['quick', 'full', 'off'], {
    default: 'quick',
    description: 'How thoroughly the database file is checked at the start.',
  }),
}

/** The environment of this service, with defaults and descriptions. */
export const IngestEnvironment = serviceConfig('INGEST', 8766, own)
export type IngestEnvironment = Static<typeof IngestEnvironment>

/** What a request may ask for. */
export interface IngestLimits {
  readonly bodyLimitBytes: number
  readonly batchItemsMax: number
  /** All bodies in work together. */
  readonly bodiesLimitBytes: number
}

/** @throws {ConfigError} naming every missing or invalid variable. */
export function readIngestEnvironment(env: NodeJS.ProcessEnv): IngestEnvironment {
  const config = readConfig(IngestEnvironment, env)
  demandRoom(config, 'INGEST_QUEUE_ITEMS_MAX', 'INGEST_BATCH_ITEMS_MAX')
  demandRoom(config, 'INGEST_BODIES_LIMIT_BYTES', 'INGEST_BODY_LIMIT_BYTES')
  return config
}

type Bound =
  | 'INGEST_QUEUE_ITEMS_MAX'
  | 'INGEST_BATCH_ITEMS_MAX'
  | 'INGEST_BODIES_LIMIT_BYTES'
  | 'INGEST_BODY_LIMIT_BYTES'

const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..')

/** Absolute; a relative folder counts from the repository's root, as the database's path does. */
export function spoolFolder({ INGEST_SPOOL_FOLDER, SKILLWATCH_DATABASE_URL }: IngestEnvironment): string {
  if (INGEST_SPOOL_FOLDER !== '') return resolve(REPOSITORY_ROOT, INGEST_SPOOL_FOLDER)
  return join(dirname(sqlitePath(SKILLWATCH_DATABASE_URL)), 'spool')
}

function demandRoom(config: IngestEnvironment, whole: Bound, part: Bound): void {
  if (config[whole] >= config[part]) return
  throw new ConfigError(
    `${whole} (${config[whole]}) is less than ${part} (${config[part]}): ` +
      'the largest request could never be taken; raise the first or lower the second',
  )
}

export function ingestLimits(config: IngestEnvironment): IngestLimits {
  return {
    bodyLimitBytes: config.INGEST_BODY_LIMIT_BYTES,
    batchItemsMax: config.INGEST_BATCH_ITEMS_MAX,
    bodiesLimitBytes: config.INGEST_BODIES_LIMIT_BYTES,
  }
}
