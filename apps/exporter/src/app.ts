import { type Reader, unreadableReasons } from '@skillwatch/db'
import { buildService, type Service, type ServiceOptions } from '@skillwatch/service'
import type { Registry } from 'prom-client'
import type { LabelBounds } from './bounded-labels.ts'
import { describeBuild } from './metrics.ts'
import { metricsRoutes } from './routes/metrics.ts'

export interface ExporterDeps {
  readonly reader: Reader
  readonly registry: Registry
  readonly bounds: LabelBounds
  readonly host: string
  readonly startedBy?: string
  readonly access: ServiceOptions['access']
  readonly logger: ServiceOptions['logger']
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number
}

/** The whole exporter, not yet listening. */
export async function buildApp(deps: ExporterDeps): Promise<Service> {
  const { reader, registry, host, startedBy = '', access, logger } = deps
  describeBuild(registry)
  const app = await buildService({
    service: 'exporter',
    logger,
    registry,
    host,
    startedBy,
    databasePath: reader.path,
    bodyLimitBytes: 1_024,
    access,
    ready: () => unreadableReasons(reader),
    openapi: { title: 'Skillwatch exporter', description: 'Metrics for Prometheus.' },
    metricsRoute: false,
    homeRoute: false,
  })
  metricsRoutes(app, deps)
  return app
}
