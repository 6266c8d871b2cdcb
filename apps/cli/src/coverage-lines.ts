import type { CoveragePage, MissedCalls, SessionCoverage } from '@skillwatch/schema'
import { printable, table } from './text.ts'

const HEAD = ['SESSION', 'LAST ACTIVE', 'CALLS', 'WITNESS', 'REPORTED', 'ALONE', 'MISSED', 'MISSED CALLS']

/** One row per session and witness. Cells about the whole session are only filled in its first row. */
export function coverageLines(sessions: readonly SessionCoverage[]): string[] {
  return table([HEAD, ...sessions.flatMap(rowsOf)])
}

/** The blind spots of the witnesses of these sessions, each with its reason. */
export function blindSpotLines({
  items,
  blind_spots,
}: Pick<CoveragePage, 'items' | 'blind_spots'>): string[] {
  const present = new Set(items.flatMap((session) => session.witnesses.map((each) => each.witness)))
  const spots = blind_spots.filter((spot) => present.has(spot.witness))
  return table(spots.map(({ blind_spot_id, reason }) => [printable(blind_spot_id), printable(reason)]))
}

function rowsOf({ session_id, last_active_at, invocation_count, witnesses }: SessionCoverage): string[][] {
  return witnesses.map(({ witness, seen_count, alone_count, missed_count, missed }, index) => [
    ...(index === 0
      ? [printable(session_id), last_active_at.slice(0, 16).replace('T', ' '), String(invocation_count)]
      : ['', '', '']),
    witness,
    String(seen_count),
    String(alone_count),
    String(missed_count),
    missed.map(missedText).join(', ') || 'nothing',
  ])
}

function missedText({ kind, outcome, invocation_count, blind_spot_id }: MissedCalls): string {
  const reason = blind_spot_id === null ? '' : ` (${printable(blind_spot_id)})`
  return `${invocation_count} ${kind} ${outcome}${reason}`
}
