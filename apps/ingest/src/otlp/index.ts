import type { Recorder } from '@skillwatch/db'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import type { Registry } from 'prom-client'
import type { IngestLimits } from '../config.ts'
import type { IngestMetrics } from '../metrics.ts'
import { listenForOtlp } from './listen.ts'
import { createOtlpMetrics } from './metrics.ts'
import { loadOtlpCodec } from './protobuf.ts'
import { otlpRoutes } from './routes.ts'

export interface OtlpDeps {
  recorder: Recorder
  metrics: IngestMetrics
  registry: Registry
  limits: IngestLimits
  logger: Pick<FastifyBaseLogger, 'error' | 'info' | 'warn'>
  now: () => number
  host: string
  /** OpenTelemetry's own port, in addition to the service's; off when 0 or left out. */
  otlpPort?: number
}

/** Adds everything that OpenTelemetry needs: its routes, and the port on which its exporters expect them. */
export async function addOtlp(app: Service, deps: OtlpDeps): Promise<void> {
  const { host, otlpPort: port = 0, logger } = deps
  const otlpMetrics = createOtlpMetrics(deps.registry)
  listenForOtlp(app, { host, port, logger, onListening: otlpMetrics.setListening })
  await app.register(otlpRoutes({ ...deps, otlpMetrics, codec: loadOtlpCodec() }))
}
