import { classifyCall, isObject, type JsonObject, textOf } from '@skillwatch/schema/claude-code'

/** Knows which call started which sub-agent, so that calls made inside can name it as their parent. */
export interface AgentCalls {
  /** Takes notice of an event, and tells the call inside which it happened, as far as that is known. */
  parentOf(event: JsonObject): string | undefined
}

/** Agents that are remembered; the oldest give way. */
const REMEMBERED_MAX = 10_000

interface StartedBy {
  readonly session: string
  readonly agentType: string
}

/**
 * Claude Code tells the call that starts a sub-agent (`tool_use_id`) and the sub-agent (`agent_id`) apart. Where one call
 * of that kind of agent is open in the session, it is that one; several at the same time are told apart by their results only.
 */
export function createAgentCalls(rememberedMax = REMEMBERED_MAX): AgentCalls {
  const open = new Map<string, StartedBy>()
  const callOf = new Map<string, string>()

  function notice(event: JsonObject, session: string): void {
    const [eventName, id] = [textOf(event, 'hook_event_name'), textOf(event, 'tool_use_id')]
    if (eventName === 'SubagentStart') {
      const candidates = [...open].filter(([, call]) => call.session === session && isOf(call, event))
      if (candidates.length === 1) link(session, textOf(event, 'agent_id'), candidates[0]![0])
    } else if (id !== undefined) noticeCall(event, eventName, session, id)
  }

  function noticeCall(event: JsonObject, eventName: string | undefined, session: string, id: string): void {
    const input = isObject(event.tool_input) ? event.tool_input : {}
    const called = classifyCall(textOf(event, 'tool_name') ?? '', input)
    if (called.kind !== 'agent') return
    if (eventName === 'PreToolUse') remember(open, id, { session, agentType: called.skill_name })
    else {
      open.delete(id)
      if (isObject(event.tool_response)) link(session, textOf(event.tool_response, 'agentId'), id)
    }
  }

  function link(session: string, agentId: string | undefined, callId: string): void {
    if (agentId === undefined) return
    open.delete(callId)
    remember(callOf, keyOf(session, agentId), callId)
  }

  function remember<T>(map: Map<string, T>, key: string, value: T): void {
    map.set(key, value)
    if (map.size > rememberedMax) map.delete(map.keys().next().value!)
  }

  return {
    parentOf(event) {
      const session = textOf(event, 'session_id')
      if (session === undefined) return undefined
      notice(event, session)
      const agentId = textOf(event, 'agent_id')
      return agentId === undefined ? undefined : callOf.get(keyOf(session, agentId))
    },
  }
}

function isOf({ agentType }: StartedBy, event: JsonObject): boolean {
  return agentType === textOf(event, 'agent_type')
}

function keyOf(session: string, agentId: string): string {
  return JSON.stringify([session, agentId])
}
