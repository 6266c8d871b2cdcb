import { redactShapes } from '@skillwatch/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PROBLEMS, ProblemError, toProblemDetails, toProblemError } from './problems.ts'

/** Every error of every route is told as problem details (RFC 9457). */
export function tellProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(explain(error, request), request, reply))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!.slice(0, 200)
    sendProblem(new ProblemError('not-found', `no ${request.method} at ${path}; see /docs`), request, reply)
  })
}

/** What is told of an error that a request met; for routes whose protocol has a form of its own for errors. */
export function problemOf(error: unknown, request: FastifyRequest): ProblemError {
  const explained = explain(error, request)
  return log(toProblemError(explained), explained, request)
}

/** Says what the framework knows and does not tell: the limit that was crossed, the content type that came. */
function explain(error: unknown, { routeOptions, headers }: FastifyRequest): unknown {
  switch ((error as { code?: string }).code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProblemError('content-too-large', `a body may have at most ${routeOptions.bodyLimit} bytes`)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE': {
      const contentType = JSON.stringify(headers['content-type']?.slice(0, 100) ?? '')
      return new ProblemError(
        'unsupported-media-type',
        `Content-Type ${contentType} is not taken here; see /docs`,
      )
    }
    default:
      return error
  }
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = log(toProblemError(error), error, request)
  const { status } = PROBLEMS[problem.kind]
  if (problem.retryAfterS !== undefined) reply.header('retry-after', problem.retryAfterS)
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="skillwatch"')
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify(toProblemDetails(problem, request.id)))
}

function log(problem: ProblemError, error: unknown, request: FastifyRequest): ProblemError {
  if (problem.kind === 'internal-error') request.log.error({ err: error, req: request }, 'request failed')
  else {
    // The sender is told what it has sent, in quotes; the log is for others.
    const detail = redactShapes(problem.message.replace(/".*"/s, '"…"'))
    request.log.debug({ req: request, problem: problem.kind, detail }, 'request refused')
  }
  return problem
}
