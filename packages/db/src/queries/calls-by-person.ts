import type { Kind } from '@skillwatch/schema'
import type { Reader } from '../sqlite/open.ts'
import { prepared } from '../sqlite/statements.ts'
import type { TimeRange } from './window-parts.ts'

/** What one person did with one skill. Calls that still run are not counted. */
export interface CallsByPerson {
  readonly kind: Kind
  readonly skill_name: string
  /** Null for the calls without a user. */
  readonly user_hash: string | null
  readonly invocation_count: number
  readonly completed_count: number
  /** Calls that ran to their end and have a duration. */
  readonly duration_count: number
  readonly duration_ms_sum: number
  /** Calls by phase of the workflow. */
  readonly phase_counts: Readonly<Record<string, number>>
}

/**
 * The elapsed time is preferred, as every witness can report it. A refused or abandoned call has waited, not
 * worked.
 */
const SELECT = `select kind, skill_name, user_hash, workflow_phase, count(*), sum(outcome = 'completed'),
    count(duration_ms), total(duration_ms)
  from (select kind, skill_name, user_hash, workflow_phase, outcome,
      case when outcome in ('completed', 'failed') then coalesce(elapsed_ms, execution_ms) end as duration_ms
    from skill_invocation indexed by skill_invocation_by_time
    where project_id = ? and invoked_at_ms >= ? and invoked_at_ms < ? and outcome <> 'running')
  group by kind, skill_name, user_hash, workflow_phase
  order by kind, skill_name, user_hash, workflow_phase`

type GroupRow = [
  kind: Kind,
  skillName: string,
  userHash: string | null,
  phase: string | null,
  invocations: number,
  completed: number,
  durations: number,
  durationMsSum: number,
]

/**
 * The calls that began in a window, the end excluded, counted by skill and person, in the order of these. It
 * reads the calls of the window once, by their time: it is for analysis, not for requests. Read it inside
 * `snapshot`.
 */
export function* callsByPerson(
  { sqlite }: Reader,
  projectId: number,
  [from, to]: TimeRange,
): Generator<CallsByPerson> {
  let last: Counting | undefined
  const rows = prepared(sqlite, SELECT).raw().iterate(projectId, from, to) as IterableIterator<GroupRow>
  for (const [kind, skill_name, user_hash, phase, ...counts] of rows) {
    if (last?.kind !== kind || last.skill_name !== skill_name || last.user_hash !== user_hash) {
      if (last) yield last
      last = { kind, skill_name, user_hash, ...NOTHING, phase_counts: {} }
    }
    add(last, phase, counts)
  }
  if (last) yield last
}

type Counting = { -readonly [Name in keyof CallsByPerson]: CallsByPerson[Name] } & {
  phase_counts: Record<string, number>
}

const NOTHING = { invocation_count: 0, completed_count: 0, duration_count: 0, duration_ms_sum: 0 }

function add(
  counting: Counting,
  phase: string | null,
  [invocations, completed, durations, durationMsSum]: readonly [number, number, number, number],
): void {
  counting.invocation_count += invocations
  counting.completed_count += completed
  counting.duration_count += durations
  counting.duration_ms_sum += durationMsSum
  if (phase !== null) counting.phase_counts[phase] = invocations
}
