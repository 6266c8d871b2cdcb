import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'
import { type ChangeText, changeTexts } from './change-text.ts'
import { DIFFERENCE_MIN, FALSE_CHANGES_MAX, RATIO_MIN } from './judge.ts'
import type { Report } from './report.ts'
import { type ReportTable, tablesOf } from './tables.ts'

/** A report as texts and tables, before it gets a format. */
export interface ReportDocument {
  readonly title: string
  readonly window: WindowText
  readonly timeZone: string
  /** The window that it is compared with; null when there is none. */
  readonly comparedWith: WindowText | null
  /** What to say when nothing was recorded in the window, else null. */
  readonly empty: string | null
  readonly changes: readonly ChangeText[]
  /**
   * How many numbers were compared, and by which rule; or why none was. Empty when that was not asked for.
   */
  readonly notes: readonly string[]
  /** Empty when nothing was recorded in the window. */
  readonly tables: readonly ReportTable[]
}

/** The ends of a window, in the time zone of the report. */
export interface WindowText {
  readonly since: string
  readonly until: string
}

/** Longer lists are not read. */
const CHANGES_MAX = 15
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export function documentOf(report: Report): ReportDocument {
  const { title, compared_with, time_zone } = report
  return {
    title,
    window: windowText(report, time_zone),
    timeZone: time_zone,
    comparedWith: compared_with?.is_recorded ? windowText(compared_with, time_zone) : null,
    empty: isEmpty(report) ? emptyNote(report) : null,
    changes: changeTexts(report).slice(0, CHANGES_MAX),
    notes: notesOf(report),
    tables: isEmpty(report) ? [] : tablesOf(report),
  }
}

function isEmpty({ totals: { sessions, turns, uses, calls, responses } }: Report): boolean {
  return sessions + turns + uses + calls + responses === 0
}

function windowText({ since, until }: WindowText, timeZone: string): WindowText {
  return { since: localMinute(since, timeZone), until: localMinute(until, timeZone) }
}

function notesOf(report: Report): string[] {
  const { compared_with, comparisons } = report
  if (compared_with === null) return []
  if (!compared_with.is_recorded) return [unrecordedNote(report)]
  const isAnyTested = comparisons.some(({ q }) => q !== null)
  return [countsNote(report), ...(isAnyTested ? [RULE] : [])]
}

function emptyNote({ last_call_at, time_zone }: Report): string {
  const advice =
    last_call_at === null
      ? '`skillwatch import claude-code` imports a history.'
      : `The last call was at ${localMinute(last_call_at, time_zone)}; \`--since\` changes the start.`
  return `Nothing was recorded in this period. ${advice}`
}

function unrecordedNote({ first_call_at, since, until, time_zone }: Report): string {
  if (first_call_at === null) return 'Not compared: nothing was recorded in the period before.'
  const began = `Not compared: the first recorded call was at ${localMinute(first_call_at, time_zone)}`
  if (first_call_at >= since) return `${began}, so there is no period before.`
  const start = laterStart(Date.parse(first_call_at), Date.parse(until))
  return `${began}, within the period before. \`--since ${start}\` is late enough to compare.`
}

/** The earliest start of a window for which all of the window before is recorded, as an option. */
function laterStart(firstMs: number, untilMs: number): string {
  const startMs = (firstMs + untilMs) / 2
  const day = Math.ceil(startMs / DAY_MS) * DAY_MS
  if (day + DAY_MS <= untilMs) return new Date(day).toISOString().slice(0, 'YYYY-MM-DD'.length)
  return new Date(Math.ceil(startMs / HOUR_MS) * HOUR_MS).toISOString().replace(/:00\.000Z$/, 'Z')
}

function countsNote({ comparisons, changes }: Report): string {
  const all = exactNumber(comparisons.length)
  const tooLittle = comparisons.filter(({ verdict }) => verdict === 'too_little_data').length
  if (tooLittle === comparisons.length) return `All ${all} compared numbers have too little data to tell.`
  const changed = changes.length === 0 ? 'None' : exactNumber(changes.length)
  const have = tooLittle === 1 ? 'has' : 'have'
  const rest = tooLittle === 0 ? '' : `; ${exactNumber(tooLittle)} ${have} too little data`
  const shown =
    changes.length > CHANGES_MAX ? ` The first ${CHANGES_MAX} are shown; \`--json\` has all.` : ''
  return `${changed} of ${all} compared numbers clearly changed${rest}.${shown}`
}

const RULE =
  `A change is clear when it is at least ${Math.round(100 * (RATIO_MIN - 1))}% (of a share: ` +
  `${100 * DIFFERENCE_MIN} points) and chance does not explain it. The tests take what happens in one ` +
  `session as dependent. Of the changes shown, at most ${100 * FALSE_CHANGES_MAX}% are expected to be false ` +
  '(Benjamini-Hochberg).'
