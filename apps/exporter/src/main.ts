import { once } from 'node:events'
import { findApiKey, findProject, hasApiKeys, waitForReader } from '@skillwatch/db'
import { commaList, createLogger, runService } from '@skillwatch/service'
import { Registry } from 'prom-client'
import { buildApp } from './app.ts'
import { ExporterEnvironment, labelBounds, readExporterEnvironment } from './config.ts'

const description = {
  summary: 'Serves the metrics of all skills to Prometheus. Reads the database only.',
  environment: ExporterEnvironment,
}

await runService('exporter', description, async ({ signal }) => {
  const config = readExporterEnvironment(process.env)
  const logger = createLogger({ service: 'exporter', level: config.SKILLWATCH_LOG_LEVEL })
  const onWait = (error: Error) => logger.info(`waiting for the database: ${error.message}`)
  using reader = await waitForReader(config.SKILLWATCH_DATABASE_URL, { signal, onWait })
  await using app = await buildApp({
    reader,
    registry: new Registry(),
    bounds: labelBounds(config),
    host: config.EXPORTER_HOST,
    access: {
      mode: config.SKILLWATCH_ANONYMOUS_ACCESS,
      allowedHosts: commaList(config.SKILLWATCH_ALLOWED_HOSTS),
      allowedOrigins: commaList(config.SKILLWATCH_ALLOWED_ORIGINS),
      findKey: (apiKeyId) => findApiKey(reader, apiKeyId),
      hasKeys: () => hasApiKeys(reader),
      defaultProjectId: findProject(reader, 'default')!.project_id,
    },
    logger,
    now: Date.now,
  })
  const address = await app.listen({ host: config.EXPORTER_HOST, port: config.EXPORTER_PORT })
  logger.info(`metrics at ${address}/metrics`)
  if (!signal.aborted) await once(signal, 'abort')
})
