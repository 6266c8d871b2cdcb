import type { DependencyUnit, Kind } from '@skillwatch/schema'
import type { Reader } from '../sqlite/open.ts'
import { prepared } from '../sqlite/statements.ts'
import type { SkillKey } from './skill-keys.ts'

/** A call of a session or turn. */
export interface UnitCall extends SkillKey {
  readonly invoked_at_ms: number
  /** Null while it runs, and when its end is not known. */
  readonly ended_at_ms: number | null
}

/** What dependencies are computed from: for each session or turn its skills, and its calls. */
export interface DependencyUnits {
  /** Each skill once. */
  skills(): Iterable<readonly SkillKey[]>
  /** In any order. */
  calls(): Iterable<readonly UnitCall[]>
}

export interface DependencyUnitsQuery {
  readonly unit: DependencyUnit
  /** Included: sessions that were last active, or turns that began, from here on. */
  readonly sinceMs: number
  /** Excluded. */
  readonly untilMs: number
  readonly kinds?: readonly Kind[]
}

/**
 * Tools such as `Read` are in nearly every session and between nearly all calls: they would be together with
 * everything, and hide which skill follows which.
 */
const DEPENDENCY_KINDS: readonly Kind[] = ['skill', 'command', 'agent', 'mcp']

type SqlOf = (kinds: string) => string

/** The units of a window, and how the skills and calls of one of them are found: each by one index. */
const STATEMENTS: Readonly<Record<DependencyUnit, { units: string; skills: SqlOf; calls: SqlOf }>> = {
  session: {
    units: `select session_id from session indexed by session_by_activity
      where project_id = ? and last_active_at_ms >= ? and last_active_at_ms < ?`,
    skills: (kinds) => `select kind, skill_name from session_skills
      where project_id = ? and session_id = ? and kind in (${kinds})`,
    calls: (kinds) => `select kind, skill_name, invoked_at_ms, ended_at_ms
      from skill_invocation indexed by skill_invocation_by_session
      where project_id = ? and session_id = ? and kind in (${kinds})`,
  },
  turn: {
    units: `select session_id, prompt_id from turn indexed by turn_by_time
      where project_id = ? and began_at_ms >= ? and began_at_ms < ?`,
    skills: (kinds) => `select distinct kind, skill_name
      from skill_invocation indexed by skill_invocation_by_prompt
      where project_id = ? and session_id = ? and prompt_id = ? and kind in (${kinds})`,
    calls: (kinds) => `select kind, skill_name, invoked_at_ms, ended_at_ms
      from skill_invocation indexed by skill_invocation_by_prompt
      where project_id = ? and session_id = ? and prompt_id = ? and kind in (${kinds})`,
  },
}

/**
 * The sessions that were last active in a window, or the turns that began in it, also those without any
 * skill. One unit is held in memory at a time. The cost follows the calls in the window: it is for analysis,
 * not for requests. Read it inside `snapshot`.
 */
export function dependencyUnits(
  { sqlite }: Reader,
  projectId: number,
  { unit, sinceMs, untilMs, kinds = DEPENDENCY_KINDS }: DependencyUnitsQuery,
): DependencyUnits {
  const statements = STATEMENTS[unit]
  const placeholders = kinds.map(() => '?').join(', ')
  function* read<Row>(sqlOf: SqlOf): Generator<Row[]> {
    const units = prepared(sqlite, statements.units).raw().iterate(projectId, sinceMs, untilMs)
    const ofUnit = prepared(sqlite, sqlOf(placeholders))
    for (const key of units as IterableIterator<string[]>)
      yield ofUnit.all(projectId, ...key, ...kinds) as Row[]
  }
  return {
    skills: () => read<SkillKey>(statements.skills),
    calls: () => read<UnitCall>(statements.calls),
  }
}
