import type { Reader } from '@skillwatch/db'
import type { Service } from '@skillwatch/service'
import type { Registry } from 'prom-client'
import type { LabelBounds } from '../bounded-labels.ts'
import { metricFamilies } from '../families.ts'
import { renderFamilies } from '../render.ts'
import { readScrapeData } from '../scrape-data.ts'

export interface MetricsDeps {
  readonly reader: Reader
  /** Metrics of the exporter itself. */
  readonly registry: Registry
  readonly bounds: LabelBounds
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number
}

/**
 * `/metrics` of the caller's project, in the text format only: without exemplars OpenMetrics adds nothing.
 */
export function metricsRoutes(app: Service, { reader, registry, bounds, now }: MetricsDeps): void {
  app.get('/', { config: { scope: 'none' }, schema: { hide: true } }, (_request, reply) =>
    reply.redirect('/metrics'),
  )
  app.get(
    '/metrics',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['metrics'],
        summary: 'Skills and this service in numbers, in the Prometheus text format',
        produces: ['text/plain'],
      },
    },
    async ({ project }, reply) => {
      const families = metricFamilies(readScrapeData(reader, project.project_id, now()), bounds)
      const own = await registry.metrics()
      return reply.type(registry.contentType).send(`${await renderFamilies(families)}\n${own}`)
    },
  )
}
