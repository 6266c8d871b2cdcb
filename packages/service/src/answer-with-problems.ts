import { redactShapes } from '@skillwatch/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PROBLEMS, ProblemError, toProblemDetails, toProblemError } from './problems.ts'

/** Answers every error of every route with problem details (RFC 9457). */
export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(explain(error, request), request, reply))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!.slice(0, 200)
    sendProblem(new ProblemError('not-found', `no ${request.method} at ${path}; see /docs`), request, reply)
  })
}

/** Logs an error and returns its problem, for routes whose protocol has an error format of its own. */
export function problemOf(error: unknown, request: FastifyRequest): ProblemError {
  const explained = explain(error, request)
  return log(toProblemError(explained), explained, request)
}

/** Adds to the framework's errors what their text lacks: the limit exceeded, the content type received. */
function explain(error: unknown, { routeOptions, headers }: FastifyRequest): unknown {
  switch ((error as { code?: string }).code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProblemError('content-too-large', `a body may have at most ${routeOptions.bodyLimit} bytes`)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE': {
      const contentType = JSON.stringify(headers['content-type']?.slice(0, 100) ?? '')
      return new ProblemError(
        'unsupported-media-type',
        `Content-Type ${contentType} is not supported here; see /docs`,
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
    // Details quote what the caller sent, which may not be logged.
    const detail = redactShapes(problem.message.replace(/".*"/s, '"…"'))
    request.log.debug({ req: request, problem: problem.kind, detail }, 'request refused')
  }
  return problem
}
