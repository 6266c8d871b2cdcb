import { formatInstant, type Kind, type OutcomeCounts, type Overview } from '@skillwatch/schema'
import { COUNT_COLUMNS, outcomeCounts } from '../counts.ts'
import { type Reader, snapshot } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import { floorTo, HOUR_MS } from '../time.ts'

export interface OverviewQuery {
  /** Included, with the whole hour that contains it. */
  since_ms: number
  /** Excluded, except that the hour which contains it is given whole. */
  until_ms: number
  /** Most skills that are listed. */
  skills: number
}

/** Kinds whose calls are about skills. Tools are many, and each call of a skill makes some. */
const SKILL_KINDS: readonly Kind[] = ['skill', 'command', 'agent']

/** Counts of a window from roll-ups, without tokens and money. */
export function overview(
  reader: Reader,
  projectId: number,
  { since_ms, until_ms, skills }: OverviewQuery,
): Omit<Overview, 'usage'> {
  return snapshot(reader, () => {
    const counted = hours(reader, projectId, since_ms, until_ms)
    const kinds = all(reader.sqlite, counted.select('kind').groupBy('kind').compile())
    const named = all(
      reader.sqlite,
      counted
        .select(['kind', 'skill_name'])
        .where('kind', 'in', SKILL_KINDS)
        .groupBy(['kind', 'skill_name'])
        // Of equal counts, skills before commands before sub-agents.
        .orderBy('invocation_count', 'desc')
        .orderBy('kind', 'desc')
        .orderBy('skill_name')
        .limit(skills)
        .compile(),
    )
    return {
      since: formatInstant(since_ms),
      until: formatInstant(until_ms),
      session_count: sessionCount(reader, projectId, since_ms),
      kinds: kinds
        .map((row) => ({ kind: row.kind, ...outcomeCounts(row as OutcomeCounts) }))
        .sort((a, b) => b.invocation_count - a.invocation_count),
      skills: named.map((row) => ({
        kind: row.kind,
        skill_name: row.skill_name,
        ...outcomeCounts(row as OutcomeCounts),
      })),
      last_invoked_at: lastInvokedAt(reader, projectId),
    }
  })
}

/** The sums of the hours of a window; what they are grouped by is added to it. */
function hours({ db }: Reader, projectId: number, sinceMs: number, untilMs: number) {
  return db
    .selectFrom('skill_time_series')
    .select((eb) => COUNT_COLUMNS.map((column) => eb.fn.sum<number>(column).as(column)))
    .where('project_id', '=', projectId)
    .where('hour_at_ms', '>=', floorTo(sinceMs, HOUR_MS))
    .where('hour_at_ms', '<', untilMs)
}

function sessionCount({ sqlite, db }: Reader, projectId: number, sinceMs: number): number {
  const query = db
    .selectFrom('session')
    .select((eb) => eb.fn.countAll<number>().as('sessions'))
    .where('project_id', '=', projectId)
    .where('last_active_at_ms', '>=', sinceMs)
  return first(sqlite, query.compile())!.sessions
}

function lastInvokedAt({ sqlite, db }: Reader, projectId: number): string | null {
  const query = db
    .selectFrom('skill_metrics')
    .select((eb) => eb.fn.max<number | null>('last_invoked_at_ms').as('last'))
    .where('project_id', '=', projectId)
  const { last } = first(sqlite, query.compile())!
  return last === null ? null : formatInstant(last)
}
