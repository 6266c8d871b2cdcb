import type { AgentCall } from '@skillwatch/schema'
import { classifyCall, isObject, type JsonObject, textOf } from '@skillwatch/schema/claude-code'

/** A call of a sub-agent that runs, from the database. */
export interface RunningCall {
  readonly invocation_id: string
  /** The type of the sub-agent. */
  readonly skill_name: string
}

export interface AgentCallsOptions {
  /** Calls of sub-agents that run in a session, by what earlier processes stored. */
  readonly runningCalls: (sessionId: string) => readonly RunningCall[]
  /** Called for each sub-agent whose call becomes known. */
  readonly onLinked: (call: AgentCall) => void
  /** Most entries of each map; the oldest are dropped. */
  readonly entriesMax?: number
}

const ENTRIES_MAX = 10_000

interface OpenCall {
  readonly session: string
  readonly agentType: string
}

/**
 * Finds the call that started each sub-agent of one project, so that calls inside the sub-agent can name it
 * as their parent. Hook events carry the id of the call (`tool_use_id`) and of the sub-agent (`agent_id`)
 * separately. If exactly one call of that type of sub-agent is open in the session, it started the
 * sub-agent. Of several, the result of each call names its sub-agent.
 */
export class AgentCalls {
  readonly #options: AgentCallsOptions
  /** Calls that have begun, by id. */
  readonly #open = new Map<string, OpenCall>()
  readonly #callByAgent = new Map<string, string>()
  readonly #loadedSessions = new Map<string, true>()
  /** Calls of an earlier process that have ended, though the database may not contain their end yet. */
  readonly #endedBefore = new Map<string, true>()

  constructor(options: AgentCallsOptions) {
    this.#options = options
  }

  /** Takes over a link that was stored. */
  restoreLink({ session_id, agent_id, invocation_id }: AgentCall): void {
    this.#open.delete(invocation_id)
    this.#set(this.#callByAgent, keyOf(session_id, agent_id), invocation_id)
  }

  /** Takes over a call of a sub-agent that an earlier process observed but did not store. */
  restoreCall(sessionId: string, { invocation_id, skill_name }: RunningCall, isRunning: boolean): void {
    if (isRunning) this.#set(this.#open, invocation_id, { session: sessionId, agentType: skill_name })
    else {
      this.#open.delete(invocation_id)
      this.#set(this.#endedBefore, invocation_id, true)
    }
  }

  /** Reads an event. @returns the call inside which it happened, as far as that is known */
  parentOf(event: JsonObject, nowMs: number): string | undefined {
    const session = textOf(event, 'session_id')
    if (session === undefined) return undefined
    if (textOf(event, 'hook_event_name') === 'SubagentStart') this.#readStart(event, session, nowMs)
    else this.#readCall(event, session, nowMs)
    const agentId = textOf(event, 'agent_id')
    return agentId === undefined ? undefined : this.#callByAgent.get(keyOf(session, agentId))
  }

  #readStart(event: JsonObject, session: string, nowMs: number): void {
    this.#load(session)
    const agentType = textOf(event, 'agent_type')
    const candidates = [...this.#open].filter(
      ([, call]) => call.session === session && call.agentType === agentType,
    )
    if (candidates.length === 1) this.#link(session, textOf(event, 'agent_id'), candidates[0]![0], nowMs)
  }

  #readCall(event: JsonObject, session: string, nowMs: number): void {
    const id = textOf(event, 'tool_use_id')
    const input = isObject(event.tool_input) ? event.tool_input : {}
    const { kind, skill_name } = classifyCall(textOf(event, 'tool_name') ?? '', input)
    if (id === undefined || kind !== 'agent') return
    this.#load(session)
    if (textOf(event, 'hook_event_name') === 'PreToolUse') {
      this.#set(this.#open, id, { session, agentType: skill_name })
      return
    }
    this.#open.delete(id)
    if (isObject(event.tool_response)) this.#link(session, textOf(event.tool_response, 'agentId'), id, nowMs)
  }

  /**
   * Adds the open calls of a session that earlier processes stored, before the first event about its
   * sub-agents is read.
   */
  #load(session: string): void {
    if (this.#loadedSessions.has(session)) return
    this.#set(this.#loadedSessions, session, true)
    const running = this.#options.runningCalls(session)
    if (running.length === 0) return
    const linked = new Set(this.#callByAgent.values())
    for (const { invocation_id, skill_name } of running) {
      if (linked.has(invocation_id) || this.#endedBefore.has(invocation_id)) continue
      this.#set(this.#open, invocation_id, { session, agentType: skill_name })
    }
  }

  #link(session: string, agentId: string | undefined, callId: string, nowMs: number): void {
    if (agentId === undefined) return
    this.#open.delete(callId)
    const key = keyOf(session, agentId)
    if (this.#callByAgent.get(key) === callId) return
    this.#set(this.#callByAgent, key, callId)
    this.#options.onLinked({
      session_id: session,
      agent_id: agentId,
      invocation_id: callId,
      seen_at_ms: nowMs,
    })
  }

  #set<T>(map: Map<string, T>, key: string, value: T): void {
    map.set(key, value)
    if (map.size > (this.#options.entriesMax ?? ENTRIES_MAX)) map.delete(map.keys().next().value!)
  }
}

function keyOf(session: string, agentId: string): string {
  return JSON.stringify([session, agentId])
}
