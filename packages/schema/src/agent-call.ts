/** The call that started a sub-agent of a session. */
export interface AgentCall {
  session_id: string
  agent_id: string
  invocation_id: string
  /** When this was learned, in epoch milliseconds. */
  seen_at_ms: number
}
