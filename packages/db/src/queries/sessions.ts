import {
  type ApiUsage,
  formatInstant,
  type OutcomeCounts,
  type SessionCounts,
  type SessionSkill,
} from '@skillwatch/schema'
import { sql } from 'kysely'
import { outcomeCounts } from '../counts.ts'
import { TOKEN_COLUMNS } from '../roll-ups/usage.ts'
import { type Reader, snapshot } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type ListOrder, type Page, toPage } from './cursor.ts'
import { endOfPrefix } from './prefix.ts'

/** Skills listed for one session, the most used first. */
const SESSION_SKILLS_MAX = 1_000

export interface SessionsQuery {
  limit: number
  cursor?: string
  /** Only sessions whose id begins with it. */
  prefix?: string
  /** `desc` by default: the latest active first. */
  order?: ListOrder
}

/**
 * Sessions by their last activity. The order changes while pages are read: a session that becomes active
 * between two pages moves to the end of the latest, and may then be on both or on neither.
 * @throws {CursorError}
 */
export function listSessions(reader: Reader, projectId: number, query: SessionsQuery): Page<SessionCounts> {
  const { prefix, cursor, limit, order = 'desc' } = query
  const list = order === 'desc' ? 'sessions' : 'sessions:asc'
  const after = order === 'desc' ? sql`<` : sql`>`
  // The plus keeps SQLite from walking the index by activity, in which a prefix may match no row at all.
  const activity = prefix === undefined ? sql<number>`last_active_at_ms` : sql<number>`+last_active_at_ms`
  const rows = all(
    reader.sqlite,
    sessionRows(reader, projectId)
      .$if(prefix !== undefined, (page) =>
        page.where('session_id', '>=', prefix!).where('session_id', '<', endOfPrefix(prefix!)),
      )
      .$if(cursor !== undefined, (page) => {
        const [lastActive, sessionId] = decodeCursor(cursor!, list, ['integer', 'string'])
        return page.where(sql<boolean>`(${activity}, session_id) ${after} (${lastActive}, ${sessionId})`)
      })
      .orderBy(activity, order)
      .orderBy('session_id', order)
      .limit(limit + 1)
      .compile(),
  )
  const page = toPage(rows, limit, (row) => encodeCursor(list, [row.last_active_at_ms, row.session_id]))
  return { items: page.items.map(sessionCounts), next_cursor: page.next_cursor }
}

/** One session with its skills (the 1,000 most used), or `undefined` when nothing is recorded of it. */
export function getSession(
  reader: Reader,
  projectId: number,
  sessionId: string,
): (SessionCounts & { skills: SessionSkill[]; api_usage: ApiUsage }) | undefined {
  return snapshot(reader, () => {
    const row = first(
      reader.sqlite,
      sessionRows(reader, projectId).where('session_id', '=', sessionId).compile(),
    )
    return (
      row && {
        ...sessionCounts(row),
        skills: sessionSkills(reader, projectId, sessionId),
        api_usage: apiUsage(reader, projectId, sessionId),
      }
    )
  })
}

function sessionSkills(reader: Reader, projectId: number, sessionId: string): SessionSkill[] {
  return all(
    reader.sqlite,
    reader.db
      .selectFrom('session_skills')
      .select(['kind', 'skill_name', 'invocation_count'])
      .where('project_id', '=', projectId)
      .where('session_id', '=', sessionId)
      .orderBy('invocation_count', 'desc')
      .orderBy('kind')
      .orderBy('skill_name')
      .limit(SESSION_SKILLS_MAX)
      .compile(),
  )
}

/** Sums the API requests of the session, found by index. */
function apiUsage(reader: Reader, projectId: number, sessionId: string): ApiUsage {
  const query = reader.db
    .selectFrom('api_request')
    .select((eb) => [
      eb.fn.countAll<number>().as('request_count'),
      ...TOKEN_COLUMNS.map((column) => eb.fn.coalesce(eb.fn.sum<number>(column), eb.val(0)).as(column)),
      eb.fn.sum<number | null>('cost_usd').as('cost_usd'),
    ])
    .where('project_id', '=', projectId)
    .where('session_id', '=', sessionId)
  return first(reader.sqlite, query.compile()) as ApiUsage
}

function sessionRows(reader: Reader, projectId: number) {
  return reader.db.selectFrom('session').selectAll().where('project_id', '=', projectId)
}

function sessionCounts(
  row: OutcomeCounts & { session_id: string; first_invoked_at_ms: number; last_active_at_ms: number },
): SessionCounts {
  return {
    session_id: row.session_id,
    ...outcomeCounts(row),
    first_invoked_at: formatInstant(row.first_invoked_at_ms),
    last_active_at: formatInstant(row.last_active_at_ms),
  }
}
