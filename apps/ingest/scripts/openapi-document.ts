import { migrateUp, openWriter } from '@skillwatch/db'
import { createLogger } from '@skillwatch/service'
import { temporaryFolder } from '@skillwatch/testkit'
import { Registry } from 'prom-client'
import { buildApp } from '../src/app.ts'
import { ingestLimits, readIngestEnvironment } from '../src/config.ts'
import { createIngestMetrics } from '../src/metrics.ts'
import { createIngestRecorder } from '../src/recorder.ts'

/** The OpenAPI document of ingest as YAML, made from its routes. */
export async function openApiDocument(): Promise<string> {
  using folder = temporaryFolder()
  using writer = openWriter(`sqlite:${folder.path}/skillwatch.db`)
  migrateUp(writer, 0)
  const config = readIngestEnvironment({})
  const registry = new Registry()
  await using recorder = createIngestRecorder(writer, { queueItemsMax: config.INGEST_QUEUE_ITEMS_MAX })
  await using app = await buildApp({
    reader: writer,
    recorder,
    registry,
    metrics: createIngestMetrics(registry),
    logger: createLogger({ service: 'ingest', level: 'silent' }),
    limits: ingestLimits(config),
    spoolFolder: `${folder.path}/spool`,
    host: config.INGEST_HOST,
    access: { mode: 'loopback', allowedHosts: [], allowedOrigins: [] },
    now: Date.now,
  })
  await app.ready()
  return app.swagger({ yaml: true })
}
