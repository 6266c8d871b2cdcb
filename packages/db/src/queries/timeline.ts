import type { Invocation, InvocationRow } from '@skillwatch/schema'
import { type Reader, snapshot } from '../sqlite/open.ts'
import { prepared } from '../sqlite/statements.ts'
import { TurnFactsStatements } from '../sqlite/turns/turn-facts.ts'
import { toInvocation } from '../to-invocation.ts'
import { type AssignedUse, type Assignment, assign } from '../turns/assign.ts'
import type { CallFacts } from '../turns/facts.ts'
import type { Page } from './cursor.ts'
import { listTurns, type TurnRow } from './turns.ts'
import { listUses, type UseRow } from './uses.ts'

export interface TimelineQuery {
  session_id: string
  /** Most turns of a page. */
  limit: number
  cursor?: string
}

/** A call in its place: in the order of the tree, each after the use that it belongs to. */
interface TimelineEntry {
  /** How many uses are around it. */
  depth: number
  /** The use that it belongs to. */
  in_use: string | null
  invocation: Invocation
  /** What followed from it, when it is a use. */
  use: UseRow | undefined
}

export interface TimelineTurn {
  /** Undefined: the calls of the session whose prompt no witness names. */
  turn: TurnRow | undefined
  entries: TimelineEntry[]
  /** Calls that are not listed, as the turn has more than are listed. */
  omitted_calls: number
}

/** Most calls that are listed of one turn: the first ones in the order of the tree. */
const ENTRIES_MAX = 2_000

/**
 * What happened in a session: its turns in the order of time, each with its calls as a tree. Calls without a
 * prompt are the last item of the last page.
 * @throws {CursorError}
 */
export function timeline(reader: Reader, projectId: number, query: TimelineQuery): Page<TimelineTurn> {
  return snapshot(reader, () => {
    const turns = listTurns(reader, projectId, { ...query, order: 'asc' })
    const items = turns.items.map((turn) => timelineOfTurn(reader, projectId, turn))
    const rest = turns.next_cursor === null ? timelineOutside(reader, projectId, query.session_id) : []
    return { items: [...items, ...rest], next_cursor: turns.next_cursor }
  })
}

function timelineOfTurn(reader: Reader, projectId: number, turn: TurnRow): TimelineTurn {
  const { calls, responses } = factsOf(reader).ofTurn(projectId, turn)
  const { session_id, prompt_id } = turn
  const uses = usesOf(reader, projectId, { session_id, prompt_id }, calls.length)
  const places = placesOf(assign(calls, responses, { isTurn: true }))
  return { turn, ...entriesOf(reader, projectId, places, uses) }
}

function usesOf(
  reader: Reader,
  projectId: number,
  turn: { session_id: string; prompt_id: string | null },
  limit: number,
): UseRow[] {
  return listUses(reader, projectId, { ...turn, order: 'asc', limit }).items
}

function timelineOutside(reader: Reader, projectId: number, sessionId: string): TimelineTurn[] {
  const calls = factsOf(reader).outsideTurns(projectId, sessionId)
  if (calls.length === 0) return []
  const uses = usesOf(reader, projectId, { session_id: sessionId, prompt_id: null }, calls.length)
  const places = placesOf(assign(calls, [], { isTurn: false }))
  return [{ turn: undefined, ...entriesOf(reader, projectId, places, uses) }]
}

const facts = new WeakMap<Reader['sqlite'], TurnFactsStatements>()

function factsOf({ sqlite }: Reader): TurnFactsStatements {
  const known = facts.get(sqlite) ?? new TurnFactsStatements(sqlite)
  facts.set(sqlite, known)
  return known
}

interface Place {
  readonly call: CallFacts
  readonly depth: number
  readonly use: AssignedUse | undefined
}

/** Calls in the order of the tree. A loop instead of recursion, as agents decide how deep it is. */
function placesOf({ uses, outside }: Assignment): Place[] {
  const byCall = new Map(uses.map((use) => [use.activation, use]))
  const places: Place[] = []
  const open = outside.map((call): Place => ({ call, depth: 0, use: undefined })).reverse()
  for (let place = open.pop(); place; place = open.pop()) {
    places.push(place)
    const use = byCall.get(place.call)
    const inside = use?.calls.map((call): Place => ({ call, depth: place!.depth + 1, use })) ?? []
    open.push(...inside.reverse())
  }
  return places
}

function entriesOf(
  reader: Reader,
  projectId: number,
  places: readonly Place[],
  uses: readonly UseRow[],
): Pick<TimelineTurn, 'entries' | 'omitted_calls'> {
  const useOf = new Map(uses.map((use) => [use.use_id, use]))
  const row = prepared(
    reader.sqlite,
    'select * from skill_invocation where project_id = ? and invocation_id = ?',
  )
  const entries = places.slice(0, ENTRIES_MAX).map(
    ({ call: { invocation_id }, depth, use }): TimelineEntry => ({
      depth,
      in_use: use?.activation.invocation_id ?? null,
      invocation: toInvocation(row.get(projectId, invocation_id) as InvocationRow),
      use: useOf.get(invocation_id),
    }),
  )
  return { entries, omitted_calls: places.length - entries.length }
}
