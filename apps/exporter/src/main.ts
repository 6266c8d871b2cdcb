import { once } from 'node:events'
import { findApiKey, findOpenProject, findProject, hasApiKeys, waitForReader } from '@skillwatch/db'
import { createLogger, runService } from '@skillwatch/service'
import { Registry } from 'prom-client'
import { buildApp } from './app.ts'
import { Environment, readConfig } from './config.ts'

const description = {
  summary: 'Serves the metrics of all skills to Prometheus. Only reads the database.',
  environment: Environment,
}

await runService('exporter', description, async ({ signal }) => {
  const config = readConfig(process.env)
  const logger = createLogger({ service: 'exporter', level: config.logLevel })
  const registry = new Registry()

  using reader = await waitForReader(config.databaseUrl, {
    signal,
    onWait: (error) => logger.info(`waiting for the database: ${error.message}`),
  })
  await using app = await buildApp({
    reader,
    registry,
    logger,
    bounds: config.bounds,
    host: config.host,
    startedBy: config.startedBy,
    access: {
      ...config.access,
      findKey: (apiKeyId) => findApiKey(reader, apiKeyId),
      hasKeys: () => hasApiKeys(reader),
      defaultProjectId: findProject(reader, 'default')!.project_id,
      findOpenProject: (name) => findOpenProject(reader, name),
    },
    now: Date.now,
  })
  const address = await app.listen({ host: config.host, port: config.port })
  logger.info(`serving metrics at ${address}/metrics`)
  if (!signal.aborted) await once(signal, 'abort')
  logger.info('closing: waiting for the requests in progress')
})
