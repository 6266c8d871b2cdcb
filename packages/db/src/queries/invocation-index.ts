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
type Equality = readonly [Column, string | number]

/** Which rows a list walks along, and what is tried on each of them. */
export interface IndexPlan {
  /** Equalities that begin an index whose next column is the time. */
  index: readonly Equality[]
  /** The other filters; undefined when there are none. */
  residual: readonly Equality[] | undefined
}

/** The index that narrows a list the most. Undefined when roll-ups already say that nothing can match. */
export function chooseIndex(
  reader: Reader,
  projectId: number,
  query: InvocationsQuery,
): IndexPlan | undefined {
  const { kind, skill_name, session_id, outcome, workflow_phase } = query
  const project: Equality = ['project_id', projectId]
  if (session_id !== undefined) {
    return plan([project, ['session_id', session_id]], { kind, skill_name, outcome, workflow_phase })
  }
  if (skill_name === undefined) return plan([project], { kind, outcome, workflow_phase })
  const kinds = kind === undefined ? kindsOf(reader, projectId, skill_name) : [kind]
  if (kinds.length === 0) return undefined
  // A name that several kinds share is looked for along the time: rare, and bounded like every other residual filter.
  if (kinds.length > 1) return plan([project], { skill_name, outcome, workflow_phase })
  return plan([project, ['kind', kinds[0]!], ['skill_name', skill_name]], { outcome, workflow_phase })
}

function plan(index: readonly Equality[], filters: Partial<Record<Column, string | undefined>>): IndexPlan {
  const residual = Object.entries(filters).filter(
    (entry): entry is [Column, string] => entry[1] !== undefined,
  )
  return { index, residual: residual.length === 0 ? undefined : residual }
}
