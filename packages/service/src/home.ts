import { Type } from 'typebox'
import type { Service, ServiceOptions } from './service.ts'
import { VERSION } from './version.ts'

/** What `GET /` answers: what this service is, and where to read on. */
const Home = Type.Object(
  {
    name: Type.String(),
    description: Type.String(),
    version: Type.String(),
    documentation: Type.String({ description: 'Path of the API documentation.' }),
    health: Type.String(),
  },
  { description: 'What this service is.' },
)

/** The answer to `GET /`. */
export function homeOf({ openapi }: Pick<ServiceOptions, 'openapi'>) {
  const { title, description } = openapi
  return { name: title, description, version: VERSION, documentation: '/docs', health: '/health/ready' }
}

/** `GET /`, so that a browser that is pointed at a service shows what it is. */
export function homeRoute(app: Service, options: Pick<ServiceOptions, 'openapi'>): void {
  const home = homeOf(options)
  app.get(
    '/',
    {
      config: { scope: 'none' },
      schema: { tags: ['health'], summary: 'What this service is', response: { 200: Home } },
    },
    async () => home,
  )
}
