import { isUtf8 } from 'node:buffer'
import { PROBLEMS, ProblemError, type ProblemKind } from '@skillwatch/service'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { refuseShape } from '../json-shape.ts'
import type { OtlpCodec } from './protobuf.ts'
import { SIGNALS, type Signal } from './signals.ts'
import type { Rejection } from './translate.ts'

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'

/**
 * Bounds of a JSON request. The parts that are read are nested eleven deep; values that are not read may be
 * deeper.
 */
const SHAPE = { depthMax: 64, partsMax: 500_000 }

const SHAPES = {
  'too deep': `nested more than ${SHAPE.depthMax} deep`,
  'too many parts': `of more than ${SHAPE.partsMax} fields and list entries`,
  'too many items': 'of too many items',
}

/**
 * Decodes a request into its JSON form. @throws {ProblemError} when the body does not match its content type
 */
export function decodeRequest(
  signal: Signal,
  contentType: string | undefined,
  body: Buffer,
  codec: OtlpCodec,
): unknown {
  return isProtobuf(contentType) ? decodeProtobuf(signal, body, codec) : parseJson(body)
}

function decodeProtobuf(signal: Signal, body: Buffer, codec: OtlpCodec): unknown {
  try {
    return codec.decodeRequest(signal, body)
  } catch (error) {
    throw new ProblemError(
      'invalid-request',
      `the body is not an ${SIGNALS[signal].request}: ${messageOf(error)}`,
    )
  }
}

function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new ProblemError('invalid-request', 'the body is not UTF-8')
  const text = body.toString()
  const shape = refuseShape(text, Number.POSITIVE_INFINITY, SHAPE)
  if (shape !== undefined)
    throw new ProblemError('invalid-request', `the JSON is ${SHAPES[shape]}; send smaller requests`)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ProblemError('invalid-request', `the body is not JSON: ${messageOf(error)}`)
  }
}

function messageOf(error: unknown): string {
  return (error as Error).message.slice(0, 200).toWellFormed()
}

/** Answers in the encoding of the request (OTLP specification, section "OTLP/HTTP Response"). */
export function sendResponse(
  { signal, rejected, codec }: { signal: Signal; rejected: readonly Rejection[]; codec: OtlpCodec },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const response = rejected.length === 0 ? {} : { partialSuccess: partialSuccess(signal, rejected) }
  return isProtobuf(request.headers['content-type'])
    ? reply.type(PROTOBUF).send(codec.encodeResponse(signal, response))
    : reply.type(JSON_TYPE).send(JSON.stringify(response))
}

/** Most reasons in one response. */
const REASONS_MAX = 5

function partialSuccess(signal: Signal, rejected: readonly Rejection[]): object {
  const count = rejected.reduce((sum, rejection) => sum + rejection.count, 0)
  const reasons = rejected
    .slice(0, REASONS_MAX)
    .map(({ index, reason }) => `${SIGNALS[signal].record} ${index}: ${reason}`)
  const more = rejected.length > REASONS_MAX ? '; …' : ''
  return {
    [SIGNALS[signal].rejected]: String(count),
    errorMessage: `${reasons.join('; ')}${more}`.slice(0, 2_000),
  }
}

/** Codes of google.rpc.Status (github.com/googleapis/googleapis, google/rpc/code.proto). */
const RPC_CODES: Readonly<Record<ProblemKind, number>> = {
  'invalid-request': 3,
  unauthorized: 16,
  forbidden: 7,
  'wrong-project': 7,
  'origin-not-allowed': 7,
  'not-found': 5,
  'method-not-allowed': 12,
  'request-timeout': 4,
  conflict: 10,
  'content-too-large': 3,
  'uri-too-long': 3,
  'unsupported-media-type': 3,
  'misdirected-request': 9,
  unprocessable: 3,
  'too-many-requests': 8,
  'internal-error': 13,
  unavailable: 14,
}

/**
 * Answers with a problem in the form of OTLP: a google.rpc.Status in the encoding of the request, or in JSON
 * when the content type is not supported.
 */
export function sendStatus(
  problem: ProblemError,
  codec: OtlpCodec,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = { code: RPC_CODES[problem.kind], message: problem.message }
  if (problem.retryAfterS !== undefined) reply.header('retry-after', problem.retryAfterS)
  if (problem.kind === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="skillwatch"')
  reply.code(PROBLEMS[problem.kind].status)
  return isProtobuf(request.headers['content-type'])
    ? reply.type(PROTOBUF).send(codec.encodeStatus(status))
    : reply.type(JSON_TYPE).send(JSON.stringify(status))
}

function isProtobuf(contentType: string | undefined): boolean {
  return /^application\/x-protobuf\s*(;|$)/i.test(contentType ?? '')
}
