import type { Invocation, Turn, Use } from '@skillwatch/schema'
import { durationText } from '../tail/line.ts'
import { printable } from '../text.ts'
import { timeText } from '../uses/columns.ts'
import { sumOfWork, type Work, withNested, workOfTurn } from '../uses/work.ts'
import type { NumberedTurn } from './blocks.ts'
import type { CallRow, TimelineRow } from './rows.ts'
import { zonedTime } from './times.ts'

/** The texts of a row; all are printable. */
export interface Cells {
  readonly day: string
  readonly time: string
  readonly tree: string
  /** Before the name, with a space; empty in the row of a turn. */
  readonly kind: string
  readonly name: string
  /** The number of calls, when it is more than one. */
  readonly times: string
  /** Undefined in the row of a turn. */
  readonly outcome: Invocation['outcome'] | undefined
  readonly duration: string
  /** What a turn or a use caused. */
  readonly work: Work | undefined
  readonly error: string
}

/** What is known of a session beside its calls. */
export interface CellsView {
  readonly timeZone: string
  /** The uses of the session by their id, which is that of their activation. */
  readonly uses: ReadonlyMap<string, Use>
}

const ENDS: Record<NonNullable<Turn['ended_by']>, string> = {
  prompt: 'until the next one',
  session_end: 'until session end',
  interruption: 'interrupted',
  silence: 'until silence',
}

export function cellsOf(row: TimelineRow, view: CellsView): Cells {
  return 'turn' in row ? turnCells(row.turn, view) : callCells(row, view)
}

function turnCells(turn: NumberedTurn, { timeZone }: CellsView): Cells {
  const work = workOfTurn(turn)
  const end = turn.ended_by === null ? 'not over' : ENDS[turn.ended_by]
  return {
    ...dayAndTime(turn.began_at, timeZone),
    tree: '',
    kind: '',
    name: `turn ${turn.number}, ${end}`,
    times: '',
    outcome: undefined,
    duration: timeText(work.work_ms),
    work,
    error: '',
  }
}

function callCells({ calls, tree }: CallRow, { timeZone, uses }: CellsView): Cells {
  const [{ invoked_at, kind, skill_name, outcome }] = calls
  return {
    ...dayAndTime(invoked_at, timeZone),
    tree,
    kind: `${kind} `,
    name: printable(skill_name),
    times: calls.length === 1 ? '' : ` ×${calls.length}`,
    outcome,
    duration: durationText(sumOfDurations(calls)),
    work: workOfCalls(calls, uses),
    error: errorText(calls),
  }
}

function dayAndTime(instant: string, timeZone: string): Pick<Cells, 'day' | 'time'> {
  const [day, time] = zonedTime(instant, timeZone).split(' ')
  return { day: day!, time: time! }
}

/** The sum over the calls whose duration is known; elapsed times make it an upper bound, as for one call. */
function sumOfDurations(calls: readonly Invocation[]): Pick<Invocation, 'execution_ms' | 'elapsed_ms'> {
  const known = calls.flatMap(({ execution_ms, elapsed_ms }) => execution_ms ?? elapsed_ms ?? [])
  if (known.length === 0) return {}
  const sum = known.reduce((a, b) => a + b)
  const isBound = calls.some(
    ({ execution_ms, elapsed_ms }) => execution_ms === undefined && elapsed_ms !== undefined,
  )
  return isBound ? { elapsed_ms: sum } : { execution_ms: sum }
}

/** What the uses of calls caused; those nested in another one of them are in its work. */
function workOfCalls(calls: readonly Invocation[], uses: ReadonlyMap<string, Use>): Work | undefined {
  const own = calls.flatMap(({ invocation_id }) => uses.get(invocation_id) ?? [])
  const ids = new Set(own.map(({ use_id }) => use_id))
  const outer = own.filter((use) => !isInside(use, ids, uses))
  return outer.length === 0 ? undefined : sumOfWork(outer.map(withNested))
}

function isInside(use: Use, ids: ReadonlySet<string>, uses: ReadonlyMap<string, Use>): boolean {
  for (let id = use.parent_use_id; id !== null; id = uses.get(id)?.parent_use_id ?? null)
    if (ids.has(id)) return true
  return false
}

function errorText(calls: readonly Invocation[]): string {
  const types = new Set(calls.flatMap(({ error_type }) => error_type ?? []))
  return [...types].map(printable).join(', ')
}
