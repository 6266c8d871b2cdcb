import { createHash } from 'node:crypto'
import { type AttributeValues, keyValues, nanoseconds } from './otlp-json.ts'
import { SCRIPT, type ScriptedCall } from './script.ts'
import { callId, endOf, promptId, type ScriptedSession, sessionId, startOf } from './session.ts'

/**
 * The spans of this session in OTLP/JSON. Calls of Claude Code's own tools have its attributes, those of MCP
 * tools the attributes of the GenAI conventions: only the span of the prompt carries their session, and a
 * span of the connection lies between the agent's span and the server's.
 */
export function spansOfSession(session: ScriptedSession): object[] {
  const prompts = [...new Set(SCRIPT.map(({ prompt }) => prompt))]
  return [
    ...prompts.map((prompt) => promptSpan(session, prompt)),
    ...SCRIPT.flatMap((call) => spansOf(session, call)),
  ]
}

function promptSpan(session: ScriptedSession, prompt: number): object {
  const calls = SCRIPT.filter((call) => call.prompt === prompt)
  return {
    traceId: traceId(session, prompt),
    spanId: spanId(prompt, 'prompt'),
    name: 'claude_code.interaction',
    startTimeUnixNano: nanoseconds(Math.min(...calls.map((call) => startOf(session, call)))),
    endTimeUnixNano: nanoseconds(Math.max(...calls.map((call) => endOf(session, call)))),
    attributes: keyValues({ 'session.id': sessionId(session), user_prompt_length: 42 }),
  }
}

const SPANNED = new Set<ScriptedCall['ending']>(['completed', 'failed', 'interrupted'])

function spansOf(session: ScriptedSession, call: ScriptedCall): object[] {
  if (call.tool === undefined || !SPANNED.has(call.ending)) return []
  return call.kind === 'mcp' ? mcpSpans(session, call) : claudeCodeSpans(session, call)
}

function claudeCodeSpans(session: ScriptedSession, call: ScriptedCall): object[] {
  const { index, insideAgent, kind, name, tool } = call
  const own = { 'session.id': sessionId(session) }
  return [
    aSpan(session, call, {
      name: 'claude_code.tool',
      spanId: spanId(index, 'call'),
      parentSpanId:
        insideAgent === undefined ? spanId(call.prompt, 'prompt') : spanId(insideAgent, 'execution'),
      attributes: {
        ...own,
        'prompt.id': promptId(session, call.prompt),
        tool_name: tool,
        tool_use_id: callId(session, call),
        skill_name: kind === 'skill' ? name : undefined,
        subagent_type: kind === 'agent' ? name : undefined,
      },
    }),
    aSpan(session, call, {
      name: 'claude_code.tool.execution',
      spanId: spanId(index, 'execution'),
      parentSpanId: spanId(index, 'call'),
      attributes: { ...own, success: String(call.ending === 'completed') },
      waitedMs: 100,
    }),
  ]
}

function mcpSpans(session: ScriptedSession, call: ScriptedCall): object[] {
  const { ending, index, insideAgent, name } = call
  const error = ending === 'completed' ? {} : { 'error.type': 'tool_error' }
  const method = name.split('__')[2]
  return [
    aSpan(session, call, {
      name: `execute_tool ${name}`,
      spanId: spanId(index, 'call'),
      parentSpanId:
        insideAgent === undefined ? spanId(call.prompt, 'prompt') : spanId(insideAgent, 'execution'),
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name,
        'gen_ai.tool.call.id': callId(session, call),
        ...error,
      },
      isError: ending !== 'completed',
    }),
    aSpan(session, call, {
      name: 'POST',
      spanId: spanId(index, 'connection'),
      parentSpanId: spanId(index, 'call'),
      attributes: { 'http.request.method': 'POST' },
      waitedMs: 50,
    }),
    aSpan(session, call, {
      name: `tools/call ${method}`,
      spanId: spanId(index, 'mcp'),
      parentSpanId: spanId(index, 'connection'),
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.tool.name': method,
        'mcp.protocol.version': '2025-11-25',
        ...error,
      },
      waitedMs: 100,
    }),
  ]
}

interface SpanParts {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly attributes: AttributeValues
  readonly isError?: boolean
  /** Time from the begin of the call to that of the span. */
  readonly waitedMs?: number
}

function aSpan(session: ScriptedSession, call: ScriptedCall, parts: SpanParts): object {
  const { attributes, isError = false, waitedMs = 0, ...ids } = parts
  return {
    traceId: traceId(session, call.prompt),
    ...ids,
    kind: 1,
    startTimeUnixNano: nanoseconds(startOf(session, call) + waitedMs),
    endTimeUnixNano: nanoseconds(endOf(session, call)),
    attributes: keyValues(attributes),
    status: isError ? { code: 2 } : {},
  }
}

function traceId(session: ScriptedSession, prompt: number): string {
  return session.tag + hexId(`prompt ${prompt}`, 12)
}

function spanId(index: number, part: string): string {
  return hexId(`${part} ${index}`, 8)
}

function hexId(text: string, bytes: number): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 2 * bytes)
}
