import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Access, authenticate } from './access.ts'
import { isAllowedHost, isAllowedOrigin } from './addresses.ts'
import { answerListedOrigins } from './cors.ts'
import { PROJECT_HEADER, refuseOtherProject } from './expected-project.ts'
import { ProblemError } from './problems.ts'

/** Checks Host, Origin, key and project of every request, WebSocket upgrades included, before its body is read. */
export function guardRequests(app: FastifyInstance, access: Access): void {
  app.decorateRequest('project', null as never)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    refuseWrongHost(request, access)
    refuseForeignOrigin(request, access)
  })
  answerListedOrigins(app, access.allowedOrigins)
  app.addHook('onRequest', async (request) => refuseWithoutKey(request, access))
}

function refuseWrongHost({ headers, url }: FastifyRequest, { host, allowedHosts }: Access): void {
  // Probes of orchestrators come with addresses that nobody can foresee; health tells them nothing they must not know.
  if (url.startsWith('/health/') || isAllowedHost(headers.host, host, allowedHosts)) return
  throw new ProblemError(
    'misdirected-request',
    `Host ${JSON.stringify(headers.host?.slice(0, 200) ?? '')} is not ours; add its name to SKILLWATCH_ALLOWED_HOSTS if it should be`,
  )
}

function refuseForeignOrigin({ headers }: FastifyRequest, { allowedOrigins }: Access): void {
  if (isAllowedOrigin(headers.origin, headers.host, allowedOrigins)) return
  throw new ProblemError(
    'origin-not-allowed',
    `pages of ${headers.origin?.slice(0, 200)} may not call; add it to SKILLWATCH_ALLOWED_ORIGINS if they should`,
  )
}

function refuseWithoutKey(request: FastifyRequest, access: Access): void {
  const scope = request.is404 ? 'none' : (request.routeOptions.config.scope ?? 'none')
  if (scope === 'none') return
  const project = authenticate(access, request.headers.authorization, scope)
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
      refuseOtherProject(
        request.headers[PROJECT_HEADER],
        project,
        request.headers.authorization !== undefined,
      )
      request.project = project
  }
}
