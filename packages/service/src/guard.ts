import { fastifyCors } from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Access, authenticate } from './access.ts'
import { isAllowedHost, isAllowedOrigin } from './addresses.ts'
import { corsOptions } from './cors.ts'
import { namedProject, refuseOtherProject } from './expected-project.ts'
import { ProblemError } from './problems.ts'

/** Checks Host, Origin, key and project of every request and WebSocket upgrade before its body is read. */
export async function guardRequests(app: FastifyInstance, access: Access): Promise<void> {
  app.decorateRequest('project', null as never)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    refuseWrongHost(request, access)
    refuseForeignOrigin(request, access)
  })
  // After the check of Origin, and before that of the key, which a preflight does not carry.
  if (access.allowedOrigins.length > 0) await app.register(fastifyCors, corsOptions(access.allowedOrigins))
  app.addHook('onRequest', async (request) => refuseWithoutKey(request, access))
}

function refuseWrongHost({ headers, url }: FastifyRequest, { host, allowedHosts }: Access): void {
  // Orchestrators probe with host names that cannot be listed beforehand. Health answers hold no data.
  if (url.startsWith('/health/') || isAllowedHost(headers.host, host, allowedHosts)) return
  throw new ProblemError(
    'misdirected-request',
    `this service does not answer for Host ${JSON.stringify(headers.host?.slice(0, 200) ?? '')}; ` +
      'to accept it, add its name to SKILLWATCH_ALLOWED_HOSTS',
  )
}

function refuseForeignOrigin({ headers }: FastifyRequest, { allowedOrigins }: Access): void {
  if (isAllowedOrigin(headers.origin, headers.host, allowedOrigins)) return
  throw new ProblemError(
    'origin-not-allowed',
    `pages of ${headers.origin?.slice(0, 200)} may not call; ` +
      'to accept them, add the origin to SKILLWATCH_ALLOWED_ORIGINS',
  )
}

function refuseWithoutKey(request: FastifyRequest, access: Access): void {
  const scope = request.is404 ? 'none' : (request.routeOptions.config.scope ?? 'none')
  if (scope === 'none') return
  const named = namedProject(request.headers)
  const project = authenticate(access, request.headers.authorization, scope, named)
  switch (project) {
    case 'missing':
      throw new ProblemError('unauthorized', 'send an API key: Authorization: Bearer sw_…')
    case 'invalid':
      throw new ProblemError(
        'unauthorized',
        'the API key is unknown or revoked, or not of the form Bearer sw_…',
      )
    case 'forbidden':
      throw new ProblemError('forbidden', `the API key does not have scope ${scope}`)
    default:
      refuseOtherProject(named, project, request.headers.authorization !== undefined)
      request.project = project
  }
}
