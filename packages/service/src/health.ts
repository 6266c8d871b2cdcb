import { Type } from 'typebox'
import { identityOf } from './identity.ts'
import type { Service, ServiceOptions } from './service.ts'

const Health = Type.Object(
  {
    status: Type.Enum(['ok', 'not-ready']),
    reasons: Type.Optional(
      Type.Array(Type.String(), { description: 'Why the service cannot take work now.' }),
    ),
  },
  { description: 'State of the service.' },
)
const Live = Type.Object(
  {
    status: Type.Literal('ok'),
    service: Type.Optional(Type.String()),
    version: Type.Optional(Type.String()),
    started_by: Type.Optional(Type.String({ description: 'What started the service, when that is known.' })),
    pid: Type.Optional(Type.Integer({ description: 'Its process; for callers on the same machine.' })),
    parent_pid: Type.Optional(
      Type.Integer({ description: 'The process that started it; for callers on the same machine.' }),
    ),
    database: Type.Optional(
      Type.String({ description: 'Path of the database file; for callers on the same machine.' }),
    ),
  },
  { description: 'Which process answers. All but the status needs an allowed `Host`.' },
)
const Metrics = Type.String({ description: 'Text for Prometheus.' })
const tags = ['health']

/** `/health/live`: the process answers. `/health/ready`: it can take work. `/metrics`: its own metrics. */
export function healthRoutes(app: Service, options: ServiceOptions): void {
  const { ready, registry, metricsRoute = true } = options
  const config = { scope: 'none' } as const
  app.get(
    '/health/live',
    { config, schema: { tags, summary: 'Whether the process answers', response: { 200: Live } } },
    async ({ headers }) => ({ status: 'ok' as const, ...identityOf(options, headers) }),
  )
  app.get(
    '/health/ready',
    {
      config,
      schema: { tags, summary: 'Whether the service can take work', response: { 200: Health, 503: Health } },
    },
    async (_request, reply) => {
      const reasons = ready()
      if (reasons.length === 0) return { status: 'ok' as const }
      return reply.code(503).send({ status: 'not-ready', reasons })
    },
  )
  if (!metricsRoute) return
  app.get(
    '/metrics',
    {
      config,
      schema: {
        tags,
        summary: 'Metrics of this service, in the Prometheus text format',
        produces: ['text/plain'],
        response: { 200: Metrics },
      },
    },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}
