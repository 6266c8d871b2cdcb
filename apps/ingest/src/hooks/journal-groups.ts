import type { AgentCall, ParsedObservation } from '@skillwatch/schema'
import type { JournalEntry } from './journal-file.ts'

/** Consecutive entries of one project and kind, which are stored together. */
export type JournalGroup = { readonly projectId: number } & (
  | { readonly kind: 'observation'; readonly items: ParsedObservation[] }
  | { readonly kind: 'agent_call'; readonly items: AgentCall[] }
)

const GROUP_ITEMS_MAX = 500

export function toGroups(entries: readonly JournalEntry[]): JournalGroup[] {
  const groups: JournalGroup[] = []
  for (const entry of entries) {
    const group = toGroup(entry)
    const last = groups.at(-1)
    const fits = last?.projectId === group.projectId && last.items.length < GROUP_ITEMS_MAX
    if (fits && last.kind === 'observation' && group.kind === 'observation') last.items.push(...group.items)
    else if (fits && last.kind === 'agent_call' && group.kind === 'agent_call')
      last.items.push(...group.items)
    else groups.push(group)
  }
  return groups
}

function toGroup(entry: JournalEntry): JournalGroup {
  const projectId = entry.project_id
  return 'observation' in entry
    ? { projectId, kind: 'observation', items: [entry.observation] }
    : { projectId, kind: 'agent_call', items: [entry.agent_call] }
}

/** The reverse of `toGroups`: the entries of one group. */
export function toEntries({ kind, projectId, items }: JournalGroup): JournalEntry[] {
  return kind === 'observation'
    ? items.map((observation) => ({ project_id: projectId, observation }))
    : items.map((agent_call) => ({ project_id: projectId, agent_call }))
}
