import {
  blindSpotFor,
  formatInstant,
  type MissedCalls,
  type SessionCoverage,
  type SessionWitnessTable,
  WITNESSES,
  type Witness,
  type WitnessCoverage,
} from '@skillwatch/schema'
import { type Reader, snapshot } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import type { Page } from './cursor.ts'
import { listSessions, type SessionsQuery } from './sessions.ts'

/** How many calls of a session were reported by exactly these witnesses. */
type WitnessSetCount = Pick<SessionWitnessTable, 'kind' | 'outcome' | 'witnesses' | 'invocation_count'>

/**
 * Which witness reported which calls, session by session, in the order and with the cursors of
 * `listSessions`. Reads a roll-up.
 * @throws {CursorError}
 */
export function listCoverage(
  reader: Reader,
  projectId: number,
  query: SessionsQuery,
): Page<SessionCoverage> {
  return snapshot(reader, () => {
    const { items, next_cursor } = listSessions(reader, projectId, query)
    const counts = witnessSetCounts(
      reader,
      projectId,
      items.map((session) => session.session_id),
    )
    return {
      items: items.map(({ session_id, last_active_at }) => ({
        session_id,
        last_active_at,
        ...coverageOf(counts.get(session_id) ?? []),
      })),
      next_cursor,
    }
  })
}

/** Which witness reported which calls of one session, or `undefined` when nothing is recorded of it. */
export function getCoverage(
  reader: Reader,
  projectId: number,
  sessionId: string,
): SessionCoverage | undefined {
  return snapshot(reader, () => {
    const session = first(
      reader.sqlite,
      reader.db
        .selectFrom('session')
        .select('last_active_at_ms')
        .where('project_id', '=', projectId)
        .where('session_id', '=', sessionId)
        .compile(),
    )
    if (session === undefined) return undefined
    const counts = witnessSetCounts(reader, projectId, [sessionId]).get(sessionId) ?? []
    const last_active_at = formatInstant(session.last_active_at_ms)
    return { session_id: sessionId, last_active_at, ...coverageOf(counts) }
  })
}

function witnessSetCounts(
  reader: Reader,
  projectId: number,
  sessionIds: readonly string[],
): Map<string, WitnessSetCount[]> {
  const statement = reader.db
    .selectFrom('session_witness')
    .select(['kind', 'outcome', 'witnesses', 'invocation_count'])
    .where('project_id', '=', projectId)
  // One short search per session: a list of ids would need another statement for each length.
  return new Map(
    sessionIds.map(
      (id) => [id, all(reader.sqlite, statement.where('session_id', '=', id).compile())] as const,
    ),
  )
}

function coverageOf(
  counts: readonly WitnessSetCount[],
): Pick<SessionCoverage, 'invocation_count' | 'witnesses'> {
  const present = WITNESSES.filter((witness) => counts.some((each) => includes(each, witness)))
  return {
    invocation_count: sum(counts),
    witnesses: present.map((witness) => coverageBy(witness, counts)),
  }
}

function coverageBy(witness: Witness, counts: readonly WitnessSetCount[]): WitnessCoverage {
  const [bySelf, byOthers] = [
    counts.filter((each) => includes(each, witness)),
    counts.filter((each) => !includes(each, witness)),
  ]
  return {
    witness,
    seen_count: sum(bySelf),
    missed_count: sum(byOthers),
    alone_count: sum(bySelf.filter((each) => each.witnesses === witness)),
    missed: missedCalls(witness, byOthers),
  }
}

function missedCalls(witness: Witness, byOthers: readonly WitnessSetCount[]): MissedCalls[] {
  const missed = new Map<string, MissedCalls>()
  for (const { kind, outcome, invocation_count } of byOthers) {
    const key = `${kind} ${outcome}`
    const known = missed.get(key)
    if (known !== undefined) known.invocation_count += invocation_count
    else {
      const blind_spot_id = blindSpotFor(witness, kind, outcome)?.blind_spot_id ?? null
      missed.set(key, { kind, outcome, invocation_count, blind_spot_id })
    }
  }
  return [...missed.values()].sort(
    (a, b) =>
      b.invocation_count - a.invocation_count ||
      (`${a.kind} ${a.outcome}` < `${b.kind} ${b.outcome}` ? -1 : 1),
  )
}

function includes({ witnesses }: WitnessSetCount, witness: Witness): boolean {
  return witnesses.split(',').includes(witness)
}

function sum(rows: readonly WitnessSetCount[]): number {
  return rows.reduce((total, { invocation_count }) => total + invocation_count, 0)
}
