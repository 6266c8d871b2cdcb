import type { CoveragePage, MissedCalls, SessionCoverage } from '@skillwatch/schema'
import { printable, table } from './text.ts'

const HEAD = ['SESSION', 'LAST ACTIVE', 'CALLS', 'WITNESS', 'SEEN', 'ALONE', 'MISSED', 'WHAT IT MISSED']

/** One row per session and witness; what belongs to the whole session is said in its first row only. */
export function coverageLines(sessions: readonly SessionCoverage[]): string[] {
  return table([HEAD, ...sessions.flatMap(rowsOf)])
}

/** What the witnesses of these sessions cannot see, each with its reason. */
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
  return `${invocation_count} ${kind} ${outcome}${blind_spot_id === null ? '' : ` (${printable(blind_spot_id)})`}`
}
