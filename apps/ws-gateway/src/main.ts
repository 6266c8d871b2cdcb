import { once } from 'node:events'
import { findApiKey, findOpenProject, findProject, hasApiKeys, waitForReader } from '@skillwatch/db'
import { createLogger, runService } from '@skillwatch/service'
import { Registry } from 'prom-client'
import { buildApp } from './app.ts'
import { Environment, readConfig } from './config.ts'
import { createGatewayMetrics } from './metrics.ts'
import { openPricing } from './usage/open-pricing.ts'

const description = {
  summary: 'Streams changes to WebSocket clients and answers REST reads. Only reads the database.',
  environment: Environment,
}

await runService('ws-gateway', description, async ({ signal }) => {
  const config = readConfig(process.env)
  const logger = createLogger({ service: 'ws-gateway', level: config.logLevel })
  const registry = new Registry()
  const metrics = createGatewayMetrics(registry)

  using reader = await waitForReader(config.databaseUrl, {
    signal,
    onWait: (error) => logger.info(`waiting for the database: ${error.message}`),
  })
  await using app = await buildApp({
    reader,
    metrics,
    registry,
    logger,
    config: config.gateway,
    startedBy: config.startedBy,
    access: {
      ...config.access,
      host: config.host,
      findKey: (apiKeyId) => findApiKey(reader, apiKeyId),
      hasKeys: () => hasApiKeys(reader),
      defaultProjectId: findProject(reader, 'default')!.project_id,
      findOpenProject: (name) => findOpenProject(reader, name),
    },
    pricing: openPricing(config.pricesFile),
    now: Date.now,
  })
  const address = await app.listen({ host: config.host, port: config.port })
  logger.info(`streaming and reading at ${address}`)
  if (!signal.aborted) await once(signal, 'abort')
  logger.info('closing: waiting for the requests in progress')
})
