import type { Kind, Outcome } from '@skillwatch/schema'
import type { Reader } from '../sqlite/open.ts'
import { kindsOf } from './kinds-of.ts'

export interface InvocationsQuery {
  kind?: Kind
  skill_name?: string
  session_id?: string
  outcome?: Outcome
  workflow_phase?: string
  /** Included. */
  since_ms?: number
  /** Excluded. */
  until_ms?: number
  order: 'asc' | 'desc'
  limit: number
  cursor?: string
}

type Column = 'project_id' | 'kind' | 'skill_name' | 'session_id' | 'outcome' | 'workflow_phase'
export type Equality = readonly [Column, string | number]

/** Which parts of an index a list is read from, and which filters are applied to each row. */
export interface IndexPlan {
  /**
   * Each: values for the leading columns of an index whose next column is the time. The list merges them by
   * time.
   */
  searches: readonly (readonly Equality[])[]
  /** Filters that no index answers. */
  residual: readonly Equality[]
}

/** The index that narrows a list the most. Undefined when the roll-ups show that no row can match. */
export function chooseIndex(
  reader: Reader,
  projectId: number,
  query: InvocationsQuery,
): IndexPlan | undefined {
  const { kind, skill_name, session_id, outcome, workflow_phase } = query
  const project: Equality = ['project_id', projectId]
  if (session_id !== undefined) {
    const bySession: Equality[] = [project, ['session_id', session_id]]
    return { searches: [bySession], residual: equalities({ kind, skill_name, outcome, workflow_phase }) }
  }
  if (skill_name === undefined)
    return { searches: [[project]], residual: equalities({ kind, outcome, workflow_phase }) }
  const kinds = kind === undefined ? kindsOf(reader, projectId, skill_name) : [kind]
  if (kinds.length === 0) return undefined
  const bySkill = kinds.map((each): Equality[] => [project, ['kind', each], ['skill_name', skill_name]])
  return { searches: bySkill, residual: equalities({ outcome, workflow_phase }) }
}

function equalities(filters: Partial<Record<Column, string | undefined>>): Equality[] {
  return Object.entries(filters).filter((entry): entry is [Column, string] => entry[1] !== undefined)
}
