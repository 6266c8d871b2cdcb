import type { Reader } from '../sqlite/open.ts'
import { TurnFactsStatements } from '../sqlite/turns/turn-facts.ts'
import { TURN_COLUMNS, USE_COLUMNS } from './columns.ts'
import { deriveTurn, deriveUses } from './derive-turn.ts'
import type { DerivedTurn } from './derived.ts'
import type { TurnKey, TurnMark } from './marks.ts'
import type { Use } from './storage.ts'

/** A turn or a use that is stored otherwise than it is derived. A side is undefined when it has none. */
export interface TurnDifference {
  readonly table: 'turn' | 'skill_use'
  readonly key: Record<string, unknown>
  readonly stored: Record<string, unknown> | undefined
  readonly counted: Record<string, unknown> | undefined
  readonly projectId: number
  /** What to derive again. */
  readonly mark: TurnMark
}

/** Turns that wait to be derived are left out: they are known to differ. */
const ALL_TURNS = `select project_id, session_id, prompt_id from (
    select project_id, session_id, prompt_id from prompt
    union select project_id, session_id, prompt_id from skill_invocation where prompt_id is not null
    union select project_id, session_id, prompt_id from api_request where prompt_id is not null
    union select project_id, session_id, prompt_id from turn) t
  where not exists (select 1 from pending_turn p where p.project_id = t.project_id
    and p.session_id = t.session_id and p.prompt_id = t.prompt_id and p.invocation_id = '')`

/** Derives every turn and use again and compares. Its cost follows history: it is for proofs and repairs. */
export function* compareTurns(reader: Reader): Generator<TurnDifference> {
  const { sqlite } = reader
  const facts = new TurnFactsStatements(sqlite)
  const stored = storedRows(reader)
  const seen = new Set<string>()
  for (const { project_id, ...key } of sqlite
    .prepare<[], TurnKey & { project_id: number }>(ALL_TURNS)
    .iterate()) {
    const { turn, uses } = deriveTurn(facts.ofTurn(project_id, key))
    const found = { projectId: project_id, mark: key }
    const storedTurn = stored.turn(project_id, key)
    if (differ(TURN_COLUMNS, storedTurn, turn))
      yield {
        ...found,
        table: 'turn',
        key: { ...key },
        stored: storedTurn && { ...storedTurn },
        counted: turn && { ...turn },
      }
    for (const use of uses) {
      seen.add(`${project_id} ${use.use_id}`)
      yield* compareUse(found, stored.use(project_id, use.use_id), { ...use, ...key })
    }
  }
  yield* compareOutside(reader, facts, seen)
}

/** Uses without a prompt, and those that are stored and derived from nothing. */
function* compareOutside(
  reader: Reader,
  facts: TurnFactsStatements,
  seen: Set<string>,
): Generator<TurnDifference> {
  const { sqlite } = reader
  const stored = storedRows(reader)
  const isPending = sqlite.prepare<[number, string, string, string]>(
    `select 1 from pending_turn where project_id = ? and (invocation_id = ? or (session_id, prompt_id) = (?, ?))`,
  )
  const outside = sqlite.prepare<[], { project_id: number; invocation_id: string }>(
    `select project_id, invocation_id from skill_invocation
      where prompt_id is null and kind in ('skill', 'command', 'agent')`,
  )
  for (const { project_id, invocation_id } of outside.iterate()) {
    if (seen.has(`${project_id} ${invocation_id}`)) continue
    const calls = facts.callTree(project_id, invocation_id)
    const sessions = new Map(calls.map((call) => [call.invocation_id, call.session_id]))
    for (const use of deriveUses(calls)) {
      seen.add(`${project_id} ${use.use_id}`)
      if (isPending.get(project_id, use.use_id, '', use.use_id)) continue
      const found = { projectId: project_id, mark: { invocation_id: use.use_id } }
      const derived = { ...use, session_id: sessions.get(use.use_id)!, prompt_id: null }
      yield* compareUse(found, stored.use(project_id, use.use_id), derived)
    }
  }
  const uses = sqlite.prepare<[], Use & { project_id: number }>('select * from skill_use')
  for (const { project_id, ...use } of uses.iterate()) {
    const { use_id, session_id, prompt_id } = use
    if (seen.has(`${project_id} ${use_id}`)) continue
    if (isPending.get(project_id, use_id, session_id, prompt_id ?? '')) continue
    const mark = prompt_id === null ? { invocation_id: use_id } : { session_id, prompt_id }
    yield* compareUse({ projectId: project_id, mark }, use, undefined)
  }
}

function* compareUse(
  found: Pick<TurnDifference, 'projectId' | 'mark'>,
  stored: Use | undefined,
  derived: Use | undefined,
): Generator<TurnDifference> {
  if (!differ(USE_COLUMNS, stored, derived)) return
  const key = { use_id: (stored ?? derived)!.use_id }
  yield {
    ...found,
    table: 'skill_use',
    key,
    stored: stored && { ...stored },
    counted: derived && { ...derived },
  }
}

function differ<Row>(
  columns: readonly (keyof Row)[],
  stored: Row | undefined,
  derived: Row | undefined,
): boolean {
  if (stored === undefined || derived === undefined) return stored !== derived
  return columns.some((column) => stored![column] !== derived![column])
}

/** The stored rows, by what identifies them. */
function storedRows({ sqlite }: Reader) {
  const turn = sqlite.prepare<[number, string, string], DerivedTurn>(
    `select ${TURN_COLUMNS.join(', ')} from turn where project_id = ? and session_id = ? and prompt_id = ?`,
  )
  const use = sqlite.prepare<[number, string], Use>(
    `select ${USE_COLUMNS.map((column) => `"${column}"`).join(', ')} from skill_use
      where project_id = ? and use_id = ?`,
  )
  return {
    turn: (projectId: number, { session_id, prompt_id }: TurnKey) =>
      turn.get(projectId, session_id, prompt_id),
    use: (projectId: number, useId: string) => use.get(projectId, useId),
  }
}
