import type { AgentCall, ParsedObservation } from '@skillwatch/schema'
import { AgentCalls, type RunningCall } from './agent-calls.ts'
import type { JournalEntry } from './journal-file.ts'

export interface ProjectAgentCallsOptions {
  /** Calls of sub-agents that run in a session, by what earlier processes stored. */
  readonly runningCalls: (projectId: number, sessionId: string) => readonly RunningCall[]
  /** Called for each sub-agent whose call becomes known. */
  readonly onLinked: (projectId: number, call: AgentCall) => void
}

/**
 * The calls of sub-agents of every project, kept apart: an id of one project means nothing in another one.
 */
export class ProjectAgentCalls {
  readonly #options: ProjectAgentCallsOptions
  readonly #byProject = new Map<number, AgentCalls>()

  constructor(options: ProjectAgentCallsOptions) {
    this.#options = options
  }

  /** Takes over the links that are stored. @param calls the newest first */
  restoreLinks(calls: readonly (AgentCall & { project_id: number })[]): void {
    for (const { project_id, ...call } of calls.toReversed()) this.of(project_id).restoreLink(call)
  }

  /** Takes over the entries that an earlier process left in the journal. */
  restore(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      const calls = this.of(entry.project_id)
      if ('agent_call' in entry) calls.restoreLink(entry.agent_call)
      else restoreCall(calls, entry.observation)
    }
  }

  of(projectId: number): AgentCalls {
    const known = this.#byProject.get(projectId)
    if (known !== undefined) return known
    const { runningCalls, onLinked } = this.#options
    const created = new AgentCalls({
      runningCalls: (sessionId) => runningCalls(projectId, sessionId),
      onLinked: (call) => onLinked(projectId, call),
    })
    this.#byProject.set(projectId, created)
    return created
  }
}

function restoreCall(calls: AgentCalls, { invocation_id, fields }: ParsedObservation): void {
  const { kind, session_id, skill_name, outcome } = fields
  if (kind !== 'agent' || session_id === undefined || skill_name === undefined) return
  calls.restoreCall(session_id, { invocation_id, skill_name }, outcome === 'running')
}
