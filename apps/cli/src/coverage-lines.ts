import type { CoveragePage, MissedCalls, SessionCoverage } from '@skillwatch/schema'
import { withKind } from './amounts.ts'
import { type Column, fittingTable } from './table.ts'
import { shortSessions } from './tail/session-ids.ts'
import { columns, cut, pad, printable, wrap, wrapItems } from './text.ts'

interface Lines {
  readonly head: readonly string[]
  readonly body: readonly string[]
}

/** What one witness reported of one session. */
interface Row {
  /** Absent in all rows of a session but the first, so that it is shown once. */
  readonly session: SessionCoverage | undefined
  readonly witness: SessionCoverage['witnesses'][number]
}

const GAP = '  '
/** With less room beside the table, missed calls are listed below their row. */
const MISSED_WIDTH_MIN = 40
const BELOW = '    missed: '

/**
 * Headings, and one row per session and witness, in lines of at most `width` columns. Ids of sessions are
 * whole where they leave enough room.
 */
export function coverageLines(sessions: readonly SessionCoverage[], width: number): Lines {
  const rows = sessions.flatMap(rowsOf)
  const shortId = shortSessions(sessions.map(({ session_id }) => session_id))
  for (const idText of [printable, shortId]) {
    const table = fittingTable(columnsWith(idText), rows, width)
    const at = Math.max(...[...table.head, ...table.body].map(columns)) + GAP.length
    if (width - at >= MISSED_WIDTH_MIN) return missedBeside(table, at, rows, width)
  }
  return missedBelow(fittingTable(columnsWith(shortId), rows, width), rows, width)
}

/** The blind spots of the witnesses of these sessions, each with its reason. */
export function blindSpotLines(
  { items, blind_spots }: Pick<CoveragePage, 'items' | 'blind_spots'>,
  width: number,
): string[] {
  const present = new Set(items.flatMap((session) => session.witnesses.map((each) => each.witness)))
  const spots = blind_spots.filter((spot) => present.has(spot.witness))
  const idWidth = Math.max(0, ...spots.map((spot) => columns(printable(spot.blind_spot_id)))) + GAP.length
  return spots.flatMap(({ blind_spot_id, reason }) =>
    beside(printable(blind_spot_id), idWidth, wrap(printable(reason), width - idWidth)),
  )
}

function rowsOf(session: SessionCoverage): Row[] {
  return session.witnesses.map((witness, index) => ({ session: index === 0 ? session : undefined, witness }))
}

function columnsWith(idText: (sessionId: string) => string): Column<Row>[] {
  return [
    left('SESSION', 0, ({ session }) => (session ? idText(session.session_id) : '')),
    left('LAST ACTIVE', 5, ({ session }) => session?.last_active_at.slice(0, 16).replace('T', ' ') ?? ''),
    right('CALLS', 3, ({ session }) => String(session?.invocation_count ?? '')),
    left('WITNESS', 1, ({ witness }) => witness.witness),
    right('REPORTED', 4, ({ witness }) => String(witness.seen_count)),
    right('ALONE', 6, ({ witness }) => String(witness.alone_count)),
    right('MISSED', 2, ({ witness }) => String(witness.missed_count)),
  ]
}

function left(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'left', cell }
}

function right(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'right', cell }
}

/** The numbers of missed calls are in the column before, so that rows without any stay empty here. */
function missedBeside({ head, body }: Lines, at: number, rows: readonly Row[], width: number): Lines {
  if (rows.every(({ witness: { missed } }) => missed.length === 0)) return { head, body }
  const missedLines = ({ witness: { missed } }: Row) => wrapItems(missed.map(missedText), width - at)
  return {
    head: [...head.slice(0, -1), `${pad(head.at(-1)!, at)}WHICH, AND WHY`],
    body: rows.flatMap((row, index) =>
      row.witness.missed.length === 0 ? [body[index]!] : beside(body[index]!, at, missedLines(row)),
    ),
  }
}

function missedBelow({ head, body }: Lines, rows: readonly Row[], width: number): Lines {
  const missedLines = ({ witness: { missed } }: Row) =>
    beside(BELOW, BELOW.length, wrapItems(missed.map(missedText), width - BELOW.length))
  return {
    head,
    body: rows.flatMap((row, index) => [body[index]!, ...missedLines(row).map((line) => cut(line, width))]),
  }
}

/** A text, and lines beside it that begin at a column. */
function beside(text: string, at: number, lines: readonly string[]): string[] {
  return lines.map((line, index) => pad(index === 0 ? text : '', at) + line)
}

function missedText({ kind, outcome, invocation_count, blind_spot_id }: MissedCalls): string {
  const reason = blind_spot_id === null ? '' : ` (${printable(blind_spot_id)})`
  return `${withKind(invocation_count, kind, String)} ${outcome}${reason}`
}
