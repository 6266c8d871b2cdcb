import { SCRIPT, type ScriptedCall } from './script.ts'
import { agentId, callId, promptId, type ScriptedSession, sessionId } from './session.ts'

type HookEvent = Readonly<Record<string, unknown>>

/** The hooks PreToolUse and PostToolUseFailure are configured for these tools only, PostToolUse for all. */
const WATCHED_TOOL = /^(Skill|Agent|mcp__.*)$/

export function isWatched({ tool }: ScriptedCall): boolean {
  return tool !== undefined && WATCHED_TOOL.test(tool)
}

/** The payloads of all hooks of this session but that of its end. */
export function hookEvents(session: ScriptedSession): HookEvent[] {
  const event = (name: string, more?: object) => hookEvent(session, name, more)
  return [
    event('SessionStart', { source: 'startup' }),
    event('UserPromptSubmit', { prompt: 'go on', prompt_id: promptId(session, 2) }),
    ...SCRIPT.flatMap((call) => eventsOf(session, call).map(({ name, ...more }) => event(name, more))),
    event('SubagentStop', {
      agent_id: agentId(session, 14),
      agent_type: 'explorer',
      stop_hook_active: false,
    }),
    event('Stop', { stop_hook_active: false }),
    event('SomethingNew', { tool_use_id: `toolu_${session.tag}_new` }),
  ]
}

/** The payload of the last hook of this session. */
export function sessionEndEvent(session: ScriptedSession): HookEvent {
  return hookEvent(session, 'SessionEnd', { reason: 'other' })
}

function hookEvent(session: ScriptedSession, hook_event_name: string, more: object = {}): HookEvent {
  return {
    session_id: sessionId(session),
    transcript_path: `/home/me/.claude/projects/-home-me-web/${sessionId(session)}.jsonl`,
    cwd: '/home/me/web',
    hook_event_name,
    ...more,
  }
}

function eventsOf(session: ScriptedSession, call: ScriptedCall): { name: string }[] {
  const { ending, durationMs, insideAgent, input, tool } = call
  const prompt = { prompt_id: promptId(session, call.prompt), permission_mode: 'default' }
  if (tool === undefined)
    return [
      { name: 'UserPromptExpansion', command_name: call.name, command_args: '', ...prompt } as {
        name: string
      },
    ]
  const base = {
    ...prompt,
    ...(insideAgent !== undefined && { agent_id: agentId(session, insideAgent), agent_type: 'explorer' }),
    tool_name: tool,
    tool_input: input,
    tool_use_id: callId(session, call),
  }
  const before = isWatched(call) ? [{ name: 'PreToolUse', ...base }] : []
  const duration_ms = durationMs - 100
  switch (ending) {
    case 'completed':
      return [
        ...before,
        { name: 'PostToolUse', ...base, tool_response: { text: 'done' }, duration_ms } as { name: string },
      ]
    case 'failed':
      return isWatched(call)
        ? [
            ...before,
            { name: 'PostToolUseFailure', ...base, error: 'boom', duration_ms } as { name: string },
          ]
        : []
    case 'interrupted':
      return isWatched(call)
        ? [
            ...before,
            { name: 'PostToolUseFailure', ...base, error: '', is_interrupt: true } as { name: string },
          ]
        : []
    case 'denied_by_policy':
      return [...before, { name: 'PermissionDenied', ...base, reason: 'not here' } as { name: string }]
    case 'refused_by_user':
    case 'cut_off':
      return before
    default:
      throw new TypeError(`unhandled ending ${ending satisfies never}`)
  }
}
