import { createRecorder, migrateUp, openWriter } from '@skillwatch/db'
import { createLogger } from '@skillwatch/service'
import { fixedClock, temporaryFolder } from '@skillwatch/testkit'
import { Registry } from 'prom-client'
import { buildApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createIngestMetrics } from '../src/metrics.ts'

/** The OpenAPI document of ingest as YAML, made from its routes. */
export async function openApiDocument(): Promise<string> {
  using folder = temporaryFolder()
  using writer = openWriter(`sqlite:${folder.path}/skillwatch.db`)
  migrateUp(writer, 0)
  const config = readConfig({})
  const registry = new Registry()
  await using recorder = createRecorder(writer, {
    queueItemsMax: config.queue.queueItemsMax,
    now: fixedClock,
  })
  await using app = await buildApp({
    reader: writer,
    recorder,
    registry,
    metrics: createIngestMetrics(registry),
    logger: createLogger({ service: 'ingest', level: 'silent' }),
    limits: config.limits,
    spoolFolder: `${folder.path}/spool`,
    host: config.host,
    access: { mode: 'loopback', allowedHosts: [], allowedOrigins: [] },
    now: fixedClock,
  })
  await app.ready()
  return app.swagger({ yaml: true })
}
