import { once } from 'node:events'
import { openReader, startRecorder } from '@skillwatch/db'
import { createLogger, runService } from '@skillwatch/service'
import { Registry } from 'prom-client'
import { buildApp } from './app.ts'
import { Environment, readConfig } from './config.ts'
import { createIngestMetrics } from './metrics.ts'

const description = {
  summary: 'Records invocations over HTTP. The only process that writes, creates and migrates the database.',
  environment: Environment,
}

await runService('ingest', description, async ({ signal }) => {
  const config = readConfig(process.env)
  const logger = createLogger({ service: 'ingest', level: config.logLevel })
  const registry = new Registry()
  const metrics = createIngestMetrics(registry)

  const { recorder, migrated } = await startRecorder(config.databaseUrl, {
    ...config.queue,
    integrityCheck: config.integrityCheck,
    now: Date.now,
    onCommit: metrics.observeCommit,
    onTurnError: (err) => logger.error({ err }, 'turns cannot be derived; trying again'),
  })
  await using _recorder = recorder
  for (const { version, name } of migrated) logger.info({ version, name }, 'migrated the database')
  using reader = openReader(config.databaseUrl)
  await using app = await buildApp({
    reader,
    recorder,
    metrics,
    registry,
    logger,
    limits: config.limits,
    spoolFolder: config.spoolFolder,
    otlpPort: config.otlpPort,
    host: config.host,
    startedBy: config.startedBy,
    access: config.access,
    now: Date.now,
  })
  const address = await app.listen({ host: config.host, port: config.port })
  logger.info(`recording at ${address}`)
  if (!signal.aborted) await once(signal, 'abort')
  logger.info('closing: waiting for the requests in progress')
})
