import { once } from 'node:events'
import { findApiKey, findProject, hasApiKeys, waitForReader } from '@skillwatch/db'
import { commaList, createLogger, runService } from '@skillwatch/service'
import { Registry } from 'prom-client'
import { buildApp } from './app.ts'
import { GatewayEnvironment, gatewayConfig, readGatewayEnvironment } from './config.ts'
import { createGatewayMetrics } from './metrics.ts'

const description = {
  summary: 'Streams changes to WebSocket clients and answers REST reads. Reads the database only.',
  environment: GatewayEnvironment,
}

await runService('ws-gateway', description, async ({ signal }) => {
  const environment = readGatewayEnvironment(process.env)
  const logger = createLogger({ service: 'ws-gateway', level: environment.SKILLWATCH_LOG_LEVEL })
  using reader = await waitForReader(environment.SKILLWATCH_DATABASE_URL, {
    signal,
    onWait: (error) => logger.info(`waiting for the database: ${error.message}`),
  })
  const registry = new Registry()
  const access = {
    mode: environment.SKILLWATCH_ANONYMOUS_ACCESS,
    host: environment.WS_GATEWAY_HOST,
    allowedHosts: commaList(environment.SKILLWATCH_ALLOWED_HOSTS),
    allowedOrigins: commaList(environment.SKILLWATCH_ALLOWED_ORIGINS),
    findKey: (apiKeyId: string) => findApiKey(reader, apiKeyId),
    hasKeys: () => hasApiKeys(reader),
    defaultProjectId: findProject(reader, 'default')!.project_id,
  }
  const metrics = createGatewayMetrics(registry)
  await using app = await buildApp({
    reader,
    config: gatewayConfig(environment),
    access,
    metrics,
    logger,
    now: Date.now,
    registry,
  })
  const address = await app.listen({ host: environment.WS_GATEWAY_HOST, port: environment.WS_GATEWAY_PORT })
  logger.info(`streaming and reading at ${address}`)
  if (!signal.aborted) await once(signal, 'abort')
})
