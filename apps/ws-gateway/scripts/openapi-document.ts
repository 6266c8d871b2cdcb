import { findProject, migrateUp, openWriter } from '@skillwatch/db'
import { createPricing, DEFAULT_PRICES } from '@skillwatch/schema/prices'
import { createLogger } from '@skillwatch/service'
import { fixedClock, temporaryFolder } from '@skillwatch/testkit'
import { Registry } from 'prom-client'
import { buildApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createGatewayMetrics } from '../src/metrics.ts'

/** The OpenAPI document of the gateway as YAML, made from its routes. */
export async function openApiDocument(): Promise<string> {
  using folder = temporaryFolder()
  using reader = openWriter(`sqlite:${folder.path}/skillwatch.db`)
  migrateUp(reader, 0)
  const config = readConfig({})
  const registry = new Registry()
  await using app = await buildApp({
    reader,
    registry,
    config: config.gateway,
    access: {
      mode: 'loopback',
      host: config.host,
      allowedHosts: [],
      allowedOrigins: [],
      findKey: () => undefined,
      hasKeys: () => false,
      defaultProjectId: findProject(reader, 'default')!.project_id,
      findOpenProject: () => undefined,
    },
    metrics: createGatewayMetrics(registry),
    logger: createLogger({ service: 'ws-gateway', level: 'silent' }),
    pricing: createPricing(DEFAULT_PRICES),
    now: fixedClock,
  })
  await app.ready()
  return app.swagger({ yaml: true })
}
