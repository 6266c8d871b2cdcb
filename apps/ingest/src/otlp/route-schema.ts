import { Type } from 'typebox'
import { SIGNALS, type Signal } from './signals.ts'

const binary = Type.Unsafe<string>({ type: 'string', format: 'binary' })
const request = Type.Unknown({
  description: 'An export request of OTLP 1.10, in the encoding of its content type.',
})
const RpcStatus = Type.Object(
  { code: Type.Integer(), message: Type.String() },
  { description: 'google.rpc.Status' },
)

/** The OpenAPI schema of a signal's route. */
export function schemaOf(signal: Signal) {
  const { rejected, record } = SIGNALS[signal]
  const partialSuccess = Type.Object({ [rejected]: Type.String(), errorMessage: Type.String() })
  return {
    tags: ['OpenTelemetry'],
    summary: `Receive ${signal} by OTLP/HTTP`,
    description:
      `${USE[signal]} Records that are not used are counted by name. A ${record} that cannot be read is ` +
      'counted in `partialSuccess` and does not affect the others.',
    body: { content: contentOf(request) },
    response: {
      200: answer(
        'Accepted; sent after the commit.',
        Type.Object({ partialSuccess: Type.Optional(partialSuccess) }),
      ),
      400: answer('The request cannot be read; do not send it again.', RpcStatus),
      401: answer('A valid API key is needed.', RpcStatus),
      403: answer('The API key does not allow this.', RpcStatus),
      413: answer('The request is too large; send smaller ones.', RpcStatus),
      415: answer('Neither JSON nor protobuf, or compressed other than by gzip.', RpcStatus),
      503: answer('Cannot be accepted now; send it again after `Retry-After` seconds.', RpcStatus),
    },
  }
}

/** The records of each signal that are used. */
const USE: Readonly<Record<Signal, string>> = {
  traces:
    'Uses spans of calls: `execute_tool` of the GenAI conventions, `tools/call` of MCP, `claude_code.tool`.',
  logs:
    "Uses Claude Code's events `user_prompt`, `skill_activated`, `tool_result`, `tool_decision`, " +
    '`subagent_completed` and `api_request`.',
  metrics: 'Uses none: metrics are sums, and calls are recorded one by one.',
}

function answer(description: string, schema: object) {
  return { description, content: contentOf(schema) }
}

function contentOf(schema: object) {
  return { 'application/json': { schema }, 'application/x-protobuf': { schema: binary } }
}
