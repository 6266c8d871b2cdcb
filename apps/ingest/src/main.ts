import { once } from 'node:events'
import { migrateUp, openWriter } from '@skillwatch/db'
import { commaList, createLogger, runService } from '@skillwatch/service'
import { Registry } from 'prom-client'
import { buildApp } from './app.ts'
import { IngestEnvironment, ingestLimits, readIngestEnvironment, spoolFolder } from './config.ts'
import { createIngestMetrics } from './metrics.ts'
import { createIngestRecorder } from './recorder.ts'

const description = {
  summary:
    'Records invocations over HTTP. The only process that writes the database; it creates and migrates it.',
  environment: IngestEnvironment,
}

await runService('ingest', description, async ({ signal }) => {
  const config = readIngestEnvironment(process.env)
  const logger = createLogger({ service: 'ingest', level: config.SKILLWATCH_LOG_LEVEL })
  const registry = new Registry()
  const metrics = createIngestMetrics(registry)

  using writer = openWriter(config.SKILLWATCH_DATABASE_URL, {
    integrityCheck: config.INGEST_INTEGRITY_CHECK,
  })
  for (const { version, name } of migrateUp(writer, Date.now()))
    logger.info({ version, name }, 'migrated the database')
  await using recorder = createIngestRecorder(writer, {
    queueItemsMax: config.INGEST_QUEUE_ITEMS_MAX,
    groupRowsMax: config.INGEST_GROUP_ROWS_MAX,
    groupDelayMs: config.INGEST_GROUP_DELAY_MS,
    onCommit: metrics.observeCommit,
  })
  await using app = await buildApp({
    reader: writer,
    recorder,
    metrics,
    registry,
    logger,
    limits: ingestLimits(config),
    spoolFolder: spoolFolder(config),
    host: config.INGEST_HOST,
    otlpPort: config.INGEST_OTLP_PORT,
    access: {
      mode: config.SKILLWATCH_ANONYMOUS_ACCESS,
      allowedHosts: commaList(config.SKILLWATCH_ALLOWED_HOSTS),
      allowedOrigins: commaList(config.SKILLWATCH_ALLOWED_ORIGINS),
    },
    now: Date.now,
  })
  await app.listen({ host: config.INGEST_HOST, port: config.INGEST_PORT })
  if (!signal.aborted) await once(signal, 'abort')
  logger.info('closing; requests in progress are answered first')
})
