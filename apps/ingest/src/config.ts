import { ConfigError, readConfig, serviceConfig } from '@skillwatch/service'
import { type Static, Type } from 'typebox'

const positive = (value: number, description: string) => Type.Integer({ default: value, minimum: 1, description })

const own = {
  INGEST_BODY_LIMIT_BYTES: positive(8 * 1024 * 1024, 'Largest request body, after decompression.'),
  INGEST_BATCH_ITEMS_MAX: positive(5_000, 'Most observations of one request.'),
  INGEST_REQUESTS_MAX: positive(64, 'Recording requests in work at the same time; more are asked to come back.'),
  INGEST_QUEUE_ITEMS_MAX: positive(
    20_000,
    'Most observations that wait for their commit; more are asked to come back.',
  ),
  INGEST_GROUP_ROWS_MAX: positive(500, 'Most observations of one transaction.'),
  INGEST_GROUP_DELAY_MS: Type.Integer({
    default: 5,
    minimum: 0,
    maximum: 1_000,
    description: 'Milliseconds the first observation of a transaction waits for company.',
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
  readonly requestsMax: number
}

/** @throws {ConfigError} naming every missing or invalid variable. */
export function readIngestEnvironment(env: NodeJS.ProcessEnv): IngestEnvironment {
  const config = readConfig(IngestEnvironment, env)
  if (config.INGEST_QUEUE_ITEMS_MAX < config.INGEST_BATCH_ITEMS_MAX) {
    throw new ConfigError(
      `INGEST_QUEUE_ITEMS_MAX (${config.INGEST_QUEUE_ITEMS_MAX}) is less than INGEST_BATCH_ITEMS_MAX ` +
        `(${config.INGEST_BATCH_ITEMS_MAX}): a full batch could never be queued; raise the first or lower the second`,
    )
  }
  return config
}

export function ingestLimits(config: IngestEnvironment): IngestLimits {
  return {
    bodyLimitBytes: config.INGEST_BODY_LIMIT_BYTES,
    batchItemsMax: config.INGEST_BATCH_ITEMS_MAX,
    requestsMax: config.INGEST_REQUESTS_MAX,
  }
}
