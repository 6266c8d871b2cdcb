import type { SendTotals } from '@skillwatch/client'
import { type Kind, type Outcome, redactShapes } from '@skillwatch/schema'
import type { Unreadable } from './find-transcripts.ts'

/** Most different names in one set of counts. Further names are counted together as `other`. */
const NAMES_MAX = 50
const OTHER = 'other'

export type Counts = Record<string, number>

/** How the server answered everything that was sent. */
export interface SentCounts {
  accepted: number
  duplicates: number
  rejected: number
  rejected_reasons: Counts
}

export const noneSent = (): SentCounts => ({ accepted: 0, duplicates: 0, rejected: 0, rejected_reasons: {} })

/** The result of an import of transcripts, as `--json` prints it. */
export interface ImportSummary {
  files: {
    found: number
    read: number
    unchanged: number
    /** Replaced since the last run, and therefore read from the start. */
    restarted: number
    /** Read again because the call that started the sub-agent became known. */
    relinked: number
    unreadable: Unreadable[]
  }
  lines: number
  bytes: number
  /** Calls that start in the lines read, by kind. */
  calls: Partial<Record<Kind, number>>
  /** Outcomes in the lines read; `running` counts the calls that are still open. */
  outcomes: Partial<Record<Outcome, number>>
  sent: SentCounts
  /** The same for requests to models; a response is read from several lines, and stored once. */
  sent_api_requests: SentCounts
  /** The same for prompts. */
  sent_prompts: SentCounts
  /** Lines that should hold a call or result and could not be used, by reason. */
  skipped_lines: Counts
  /** Records of unknown types, by type. */
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
    sent_api_requests: noneSent(),
    sent_prompts: noneSent(),
    skipped_lines: {},
    unknown_record_types: {},
    elapsed_ms: 0,
  }
}

/** Adds to the count of a name. Names end in terminals and job logs, so secrets in them are redacted. */
export function count(counts: Counts, text: string, by = 1): void {
  const name = redactShapes(text)
  const key = Object.hasOwn(counts, name) || Object.keys(counts).length < NAMES_MAX ? name : OTHER
  // Names come from files and may be `__proto__`, so assignment is not safe.
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
