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
    description: 'Port on which OpenTelemetry exporters expect a receiver, served as well; 0 is off.',
  }),
  INGEST_BODY_LIMIT_BYTES: positive(8 * 1024 * 1024, 'Largest request body, after decompression.'),
  INGEST_BATCH_ITEMS_MAX: positive(5_000, 'Most observations of one request.'),
  INGEST_BODIES_LIMIT_BYTES: positive(
    128 * 1024 * 1024,
    'Largest total size of request bodies in memory; more requests are answered with 503.',
  ),
  INGEST_QUEUE_ITEMS_MAX: positive(
    20_000,
    'Most observations waiting for their commit; more are answered with 503.',
  ),
  INGEST_GROUP_ROWS_MAX: positive(500, 'Most observations of one transaction.'),
  INGEST_GROUP_DELAY_MS: Type.Integer({
    default: 5,
    minimum: 0,
    maximum: 1_000,
    description:
      'Least milliseconds between two transactions that are not full; the first after a pause starts at ' +
      'once.',
  }),
  INGEST_SPOOL_FOLDER: Type.String({
    default: '',
    description:
      "Folder where hooks and commands of this machine leave observations; `spool` in the database's " +
      'folder if empty.',
  }),
  INGEST_INTEGRITY_CHECK: Type.Enum(['quick', 'full', 'off'], {
    default: 'quick',
    description: 'How thoroughly the database file is checked at start.',
  }),
}

/** The environment of this service, with defaults and descriptions. */
export const IngestEnvironment = serviceConfig('INGEST', 8766, own)
export type IngestEnvironment = Static<typeof IngestEnvironment>

/** Bounds of requests. */
export interface IngestLimits {
  readonly bodyLimitBytes: number
  readonly batchItemsMax: number
  /** Of all bodies in memory together. */
  readonly bodiesLimitBytes: number
}

/** @throws {ConfigError} naming every missing or invalid variable. */
export function readIngestEnvironment(env: NodeJS.ProcessEnv): IngestEnvironment {
  const config = readConfig(IngestEnvironment, env)
  requireAtLeast(config, 'INGEST_QUEUE_ITEMS_MAX', 'INGEST_BATCH_ITEMS_MAX')
  requireAtLeast(config, 'INGEST_BODIES_LIMIT_BYTES', 'INGEST_BODY_LIMIT_BYTES')
  return config
}

type Bound =
  | 'INGEST_QUEUE_ITEMS_MAX'
  | 'INGEST_BATCH_ITEMS_MAX'
  | 'INGEST_BODIES_LIMIT_BYTES'
  | 'INGEST_BODY_LIMIT_BYTES'

const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..')

/** The absolute folder. A relative one is resolved from the repository's root, as the database's path is. */
export function spoolFolder({ INGEST_SPOOL_FOLDER, SKILLWATCH_DATABASE_URL }: IngestEnvironment): string {
  if (INGEST_SPOOL_FOLDER !== '') return resolve(REPOSITORY_ROOT, INGEST_SPOOL_FOLDER)
  return join(dirname(sqlitePath(SKILLWATCH_DATABASE_URL)), 'spool')
}

function requireAtLeast(config: IngestEnvironment, whole: Bound, part: Bound): void {
  if (config[whole] >= config[part]) return
  throw new ConfigError(
    `${whole} (${config[whole]}) is less than ${part} (${config[part]}): ` +
      'the largest request could never be accepted; raise the first or lower the second',
  )
}

export function ingestLimits(config: IngestEnvironment): IngestLimits {
  return {
    bodyLimitBytes: config.INGEST_BODY_LIMIT_BYTES,
    batchItemsMax: config.INGEST_BATCH_ITEMS_MAX,
    bodiesLimitBytes: config.INGEST_BODIES_LIMIT_BYTES,
  }
}
