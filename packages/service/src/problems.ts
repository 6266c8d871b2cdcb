import type { ProblemDetails } from '@skillwatch/schema'

/** Every kind of problem that is sent, with its status and title (RFC 9457). */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request cannot be understood' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'The API key does not allow this' },
  'wrong-project': { status: 403, title: 'The request is for another project' },
  'origin-not-allowed': { status: 403, title: 'This browser origin may not call' },
  'not-found': { status: 404, title: 'Nothing was found at this address' },
  'method-not-allowed': { status: 405, title: 'This method is not offered here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'The request contradicts stored data' },
  'content-too-large': { status: 413, title: 'The request is too large' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-media-type': { status: 415, title: 'This content type or encoding is not supported' },
  'misdirected-request': { status: 421, title: 'This service does not answer for this Host' },
  unprocessable: { status: 422, title: 'Nothing in the request is acceptable' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'The service cannot do this now' },
} as const

export type ProblemKind = keyof typeof PROBLEMS
export type ProblemItem = NonNullable<ProblemDetails['errors']>[number]

export interface ProblemExtra {
  errors?: readonly ProblemItem[]
  /** Whole seconds, sent as `Retry-After`. */
  retryAfterS?: number
}

/** An error that the caller can correct. Its detail, which is sent, says what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly kind: ProblemKind
  readonly errors: readonly ProblemItem[] | undefined
  readonly retryAfterS: number | undefined

  constructor(kind: ProblemKind, detail?: string, extra: ProblemExtra = {}) {
    super(detail ?? PROBLEMS[kind].title)
    this.kind = kind
    this.errors = extra.errors
    this.retryAfterS = extra.retryAfterS
  }
}

interface ValidationFault {
  instancePath: string
  message?: string
  keyword?: string
  params?: Record<string, string[] | undefined>
}

interface ClientFault {
  statusCode: number
  message: string
  validation?: readonly ValidationFault[]
  validationContext?: string
}

/** The problem that an error is sent as. The text of internal errors is not sent, only logged. */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (!isClientFault(error)) return new ProblemError('internal-error')
  if (error.validation) return validationProblem(error)
  return new ProblemError(kindOfStatus(error.statusCode), error.message)
}

/** @param instance the request id, for finding the request in the log */
export function toProblemDetails(problem: ProblemError, instance: string): ProblemDetails {
  const details: ProblemDetails = { type: `/problems/${problem.kind}`, ...PROBLEMS[problem.kind], instance }
  if (problem.message !== details.title) details.detail = problem.message
  if (problem.errors) details.errors = [...problem.errors]
  return details
}

function validationProblem({ validation = [], validationContext }: ClientFault): ProblemError {
  const part = validationContext === 'querystring' ? 'query' : (validationContext ?? 'request')
  const kind = validationContext === 'body' ? 'unprocessable' : 'invalid-request'
  // TypeBox reports an unknown field twice; the second time as a value that does not fit schema `false`.
  const errors = validation.filter(({ keyword }) => keyword !== 'boolean').map(toItem)
  return new ProblemError(kind, `the ${part} does not fit its schema`, { errors })
}

function toItem({ instancePath, message, params = {} }: ValidationFault): ProblemItem {
  const { requiredProperties, additionalProperties, allowedValues } = params
  const field = requiredProperties?.[0] ?? additionalProperties?.[0]
  return {
    pointer: field === undefined ? instancePath : `${instancePath}/${field.slice(0, 100).toWellFormed()}`,
    reason: allowedValues ? `must be one of ${allowedValues.join(', ')}` : (message ?? 'is not valid'),
  }
}

function isClientFault(error: unknown): error is ClientFault {
  const statusCode = (error as Partial<ClientFault> | null)?.statusCode
  return error instanceof Error && typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
}

function kindOfStatus(statusCode: number): ProblemKind {
  const kinds = Object.keys(PROBLEMS) as ProblemKind[]
  return kinds.find((kind) => PROBLEMS[kind].status === statusCode) ?? 'invalid-request'
}
