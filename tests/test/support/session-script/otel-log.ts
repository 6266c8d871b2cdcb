import { type AttributeValues, anyValue, keyValues, nanoseconds } from './otlp-json.ts'
import { SCRIPT, type ScriptedCall } from './script.ts'
import { callId, endOf, promptId, type ScriptedSession, sessionId, startOf, VERSION } from './session.ts'

/** The events that Claude Code logs in this session, as log records of OTLP/JSON. */
export function logRecords(session: ScriptedSession): object[] {
  const events = [
    event('user_prompt', 0, { 'prompt.id': promptId(session, 2), prompt_length: '12' }),
    ...SCRIPT.flatMap((call) => eventsOf(session, call)),
  ]
  return events.map(({ name, atMs, attributes }, sequence) => ({
    timeUnixNano: nanoseconds(session.startedAtMs + atMs),
    body: anyValue(`claude_code.${name}`),
    attributes: keyValues({
      'event.name': name,
      'event.timestamp': new Date(session.startedAtMs + atMs).toISOString(),
      'event.sequence': sequence,
      'session.id': sessionId(session),
      'app.version': VERSION,
      'user.account_uuid': '0b7b4c60-6a4c-4c73-8f0b-3d8cf7a3f3a1',
      'user.email': 'someone@example.com',
      ...attributes,
    }),
  }))
}

interface LogEvent {
  readonly name: string
  /** Since the start of the session. */
  readonly atMs: number
  readonly attributes: AttributeValues
}

function event(name: string, atMs: number, attributes: AttributeValues): LogEvent {
  return { name, atMs, attributes }
}

function eventsOf(session: ScriptedSession, call: ScriptedCall): LogEvent[] {
  const { ending, isTypedSkill, kind, tool } = call
  const begin = startOf(session, call) - session.startedAtMs
  const activated = event('skill_activated', begin + 50, activationOf(session, call))
  if (tool === undefined) {
    const typed = event('user_prompt', begin, promptOf(session, call))
    return isTypedSkill ? [typed, activated] : [typed]
  }
  const base = {
    'prompt.id': promptId(session, call.prompt),
    tool_name: tool.startsWith('mcp__') ? 'mcp_tool' : tool,
    tool_use_id: callId(session, call),
  }
  const end = endOf(session, call) - session.startedAtMs
  const activation = kind === 'skill' ? [activated] : []
  const result = event('tool_result', end, { ...base, ...resultOf(call) })
  switch (ending) {
    case 'completed':
      return [
        ...activation,
        ...(kind === 'agent' ? [event('subagent_completed', end - 50, completionOf(session, call))] : []),
        result,
      ]
    case 'failed':
      return [...activation, result]
    case 'refused_by_user':
      return [
        event('tool_decision', end, {
          ...base,
          ...parametersOf(call),
          decision: 'reject',
          source: 'user_reject',
        }),
      ]
    case 'denied_by_policy':
      return [event('tool_decision', end, { ...base, decision: 'reject', source: 'config' })]
    case 'interrupted':
    case 'cut_off':
      return activation
    default:
      throw new TypeError(`unhandled ending ${ending satisfies never}`)
  }
}

/** A prompt that is a typed command of the user's own. */
function promptOf(session: ScriptedSession, { isRedacted, name, prompt }: ScriptedCall): AttributeValues {
  const command_name = isRedacted ? 'custom' : name
  return {
    'prompt.id': promptId(session, prompt),
    prompt_length: '12',
    command_name,
    command_source: 'custom',
  }
}

function activationOf(
  session: ScriptedSession,
  { insideSkill, isRedacted, isTypedSkill, name, prompt }: ScriptedCall,
): AttributeValues {
  return {
    'prompt.id': promptId(session, prompt),
    'skill.name': isRedacted ? 'custom_skill' : name,
    'skill.source': isRedacted ? 'userSettings' : 'projectSettings',
    invocation_trigger: isTypedSkill
      ? 'user-slash'
      : insideSkill === undefined
        ? 'claude-proactive'
        : 'nested-skill',
  }
}

/** The end of a sub-agent. It has no id of its call, and the names of the user's own agents are hidden. */
function completionOf(
  session: ScriptedSession,
  { durationMs, name, prompt }: ScriptedCall,
): AttributeValues {
  return {
    'prompt.id': promptId(session, prompt),
    agent_type: name === 'explorer' ? 'custom' : name,
    'agent.source': 'projectSettings',
    is_async: 'false',
    duration_ms: durationMs - 150,
    total_tool_uses: 4,
  }
}

function resultOf(call: ScriptedCall): AttributeValues {
  const success = call.ending === 'completed'
  return {
    ...parametersOf(call),
    success: String(success),
    duration_ms: String(call.durationMs - 100),
    tool_result_size_bytes: success ? 4 : undefined,
    error_type: success ? undefined : 'Error',
    decision_type: 'accept',
    decision_source: 'config',
  }
}

/** The input of the tool, as `tool_parameters` contains it. */
function parametersOf({ isRedacted, kind, name }: ScriptedCall): AttributeValues {
  if (isRedacted || kind === 'tool') return {}
  const [, mcp_server_name, mcp_tool_name] = name.split('__')
  const parameters = {
    skill: { skill_name: name },
    agent: { subagent_type: name },
    mcp: { mcp_server_name, mcp_tool_name },
  }
  return { tool_parameters: JSON.stringify(parameters[kind as 'skill' | 'agent' | 'mcp']) }
}
