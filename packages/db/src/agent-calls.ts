import type { AgentCall } from '@skillwatch/schema'
import { hashOfProject } from './projects.ts'
import { privateId } from './recording/index.ts'
import type { Reader, Writer } from './sqlite/open.ts'
import { prepared } from './sqlite/statements.ts'

/** Most calls that are kept over all projects; the oldest are deleted. */
export const AGENT_CALLS_MAX = 10_000

/** Keeps which calls started which sub-agents; a sub-agent that is known already keeps its call. */
export function saveAgentCalls(writer: Writer, projectId: number, calls: readonly AgentCall[]): void {
  const hash = hashOfProject(writer, projectId)
  const insert = prepared(
    writer.sqlite,
    `insert into agent_call (project_id, session_id, agent_id, invocation_id, seen_at_ms)
      values (?, ?, ?, ?, ?)
    on conflict do nothing`,
  )
  const trim = prepared(
    writer.sqlite,
    `delete from agent_call where seen_at_ms <= (
      select seen_at_ms from agent_call order by seen_at_ms desc limit 1 offset ${AGENT_CALLS_MAX})`,
  )
  writer.sqlite
    .transaction(() => {
      for (const { session_id, agent_id, invocation_id, seen_at_ms } of calls) {
        const ids = [session_id, agent_id, invocation_id].map((id) => privateId(id, hash))
        insert.run(projectId, ...ids, seen_at_ms)
      }
      trim.run()
    })
    .immediate()
}

/** The calls that started sub-agents, the newest first. */
export function agentCalls(reader: Reader, limit = AGENT_CALLS_MAX): (AgentCall & { project_id: number })[] {
  return prepared(
    reader.sqlite,
    `select project_id, session_id, agent_id, invocation_id, seen_at_ms from agent_call
    order by seen_at_ms desc limit ?`,
  ).all(limit) as (AgentCall & { project_id: number })[]
}
