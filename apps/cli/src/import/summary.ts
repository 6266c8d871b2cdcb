import type { SendTotals } from '@skillwatch/client'
import { type Kind, type Outcome, redactShapes } from '@skillwatch/schema'
import type { Unreadable } from './find-transcripts.ts'

/** Different record types, reasons and the like that are counted by name; the rest is counted together. */
const NAMES_MAX = 50
const OTHER = 'other'

export type Counts = Record<string, number>

/** What the server said to everything that was sent. */
export interface SentCounts {
  accepted: number
  duplicates: number
  rejected: number
  rejected_reasons: Counts
}

export const noneSent = (): SentCounts => ({ accepted: 0, duplicates: 0, rejected: 0, rejected_reasons: {} })

/** What an import did, as `--json` prints it. */
export interface ImportSummary {
  files: {
    found: number
    read: number
    unchanged: number
    /** Changed before the point reached last time: read again from the start. */
    restarted: number
    /** Read again because the call that started the sub-agent is known now. */
    relinked: number
    unreadable: Unreadable[]
  }
  lines: number
  bytes: number
  /** Calls that began in the lines read, by kind. */
  calls: Partial<Record<Kind, number>>
  /** What became of them, as far as the lines read tell; `running` counts those still open. */
  outcomes: Partial<Record<Outcome, number>>
  sent: SentCounts
  /** Lines of which nothing was taken although something was expected, by reason. */
  skipped_lines: Counts
  /** Records of types that are not known. */
  unknown_record_types: Counts
  elapsed_ms: number
}

export function createSummary(): ImportSummary {
  return {
    files: { found: 0, read: 0, unchanged: 0, restarted: 0, relinked: 0, unreadable: [] },
    lines: 0,
    bytes: 0,
    calls: {},
    outcomes: {},
    sent: noneSent(),
    skipped_lines: {},
    unknown_record_types: {},
    elapsed_ms: 0,
  }
}

/** Counts under a name, which ends in terminals and logs of jobs; of too many names the later ones share one. */
export function count(counts: Counts, told: string, by = 1): void {
  const name = redactShapes(told)
  const key = Object.hasOwn(counts, name) || Object.keys(counts).length < NAMES_MAX ? name : OTHER
  // Names come from files: defined as own properties, also `__proto__`.
  const value = (Object.hasOwn(counts, key) ? counts[key]! : 0) + by
  Object.defineProperty(counts, key, { value, enumerable: true, configurable: true, writable: true })
}

export function countSent(sent: SentCounts, totals: SendTotals): void {
  sent.accepted += totals.accepted
  sent.duplicates += totals.duplicates
  sent.rejected += totals.rejectedCount
  for (const { pointer, reason } of totals.rejected)
    count(sent.rejected_reasons, `${pointer} ${reason}`.trim())
}
