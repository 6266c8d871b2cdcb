import type { Span } from './read-records.ts'
import { pickAttributes } from './values.ts'

/** Attributes of spans that become attributes of the observation: small, and without content. */
const KEPT = [
  'gen_ai.tool.type',
  'gen_ai.provider.name',
  'gen_ai.agent.id',
  'gen_ai.agent.version',
  'gen_ai.skill.resource.name',
  'process.executable.name',
  'process.exit.code',
  'mcp.protocol.version',
  'mcp.session.id',
  'rpc.response.status_code',
  'agent_id',
  'parent_agent_id',
]

/** The attributes of the observation from a span. */
export function attributesOf(span: Span): Record<string, string | number | boolean> {
  const { attributes, resource, traceId, spanId, schemaUrl } = span
  const provider = pickAttributes(attributes, ['gen_ai.system'])['gen_ai.system']
  const source = pickAttributes(attributes, ['gen_ai.skill.source.uri'])['gen_ai.skill.source.uri']
  return {
    ...(provider !== undefined && { 'gen_ai.provider.name': provider }),
    ...pickAttributes(attributes, KEPT),
    ...(source !== undefined && { 'gen_ai.skill.source.uri': withoutCredentials(String(source)) }),
    ...pickAttributes(resource, ['service.name']),
    trace_id: traceId,
    span_id: spanId,
    ...(schemaUrl !== undefined && { schema_url: schemaUrl.slice(0, 200) }),
  }
}

/** An address without user, password, query and fragment, any of which may contain a secret. */
function withoutCredentials(address: string): string {
  return address.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1')
}
