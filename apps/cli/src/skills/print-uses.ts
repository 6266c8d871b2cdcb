import { formatInstant } from '@skillwatch/schema/parse-instant'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import type { Endpoint } from '../http.ts'
import { printable } from '../text.ts'
import { machineTimeZone } from '../usage/time-zone.ts'
import { readUses } from '../uses/read.ts'
import { useWindow, windowText } from '../uses/window.ts'
import { IMPORT_ADVICE, type SkillsOptions } from './options.ts'
import { readSkillSums } from './read-sums.ts'
import { type SkillRow, type SkillSums, skillRows } from './rows.ts'
import { ORDERS, type Sort, sorted } from './sort.ts'
import { usesCsv } from './uses-csv.ts'
import { kindText, type UsesView, usesLines } from './uses-lines.ts'

/**
 * Prints the uses of a window, one row a skill or group.
 * @throws {CliError} (usage) when the options contradict each other
 */
export async function printUses(
  context: CommandContext,
  gateway: Endpoint,
  options: SkillsOptions,
): Promise<void> {
  const { limit, by, json, csv } = options
  const view = viewOf(context, options)
  const sums = await readSkillSums(gateway, view, context.signal)
  const rows = sorted(skillRows(sums.sums), view.sort)
  const shown = rows.slice(0, limit)
  if (json) return print(context, JSON.stringify(jsonOf(shown, sums, view), null, 2))
  if (csv) context.stdout.write(usesCsv(shown, by))
  if (rows.length === 0) return noteNothing(context, gateway, view)
  if (!csv) printLines(context, linesOf(context, shown, sums, view))
  if (rows.length > limit)
    note(context, `The list ends after the ${limit} ${ORDERS[view.sort].first}; --limit shows more.`)
}

function viewOf(context: CommandContext, options: SkillsOptions): UsesView {
  const { kind, by } = options
  const nowMs = context.nowMs()
  return {
    window: useWindow(options, nowMs),
    kind,
    by,
    timeZone: options.timeZone ?? machineTimeZone(),
    sort: sortOf(options),
    nowMs,
    width: widthOf(context),
  }
}

/** Days are sorted by time, unless another order is chosen. */
function sortOf({ by, sort }: SkillsOptions): Sort {
  if (sort === 'last' && by !== undefined && by !== 'day')
    throw new CliError(
      `--sort last does not work with --by ${by}: when each of them was used last is not known.`,
      { exitCode: 2 },
    )
  return sort ?? (by === 'day' ? 'last' : 'uses')
}

function linesOf(
  { paint }: CommandContext,
  rows: readonly SkillRow[],
  sums: SkillSums,
  view: UsesView,
): string[] {
  const isTrendKnown = sums.before !== undefined && sums.isBeforeRecorded
  const compared = isTrendKnown ? rows : rows.map(withoutTrend)
  const unused = view.by === undefined ? (sums.before?.no_longer_used ?? []) : []
  return usesLines(compared, { isTrendKnown, noLongerUsed: unused }, view, paint.stdout)
}

function withoutTrend({ sums, work }: SkillRow): SkillRow {
  const { uses_before: _, ...others } = sums
  return { sums: others, work }
}

function jsonOf(
  rows: readonly SkillRow[],
  { before }: SkillSums,
  { window, timeZone, by }: UsesView,
): object {
  return {
    since: formatInstant(window.sinceMs),
    until: formatInstant(window.untilMs),
    before,
    time_zone: timeZone,
    by: by === undefined ? ['skill'] : ['skill', by],
    items: rows.map(({ sums }) => sums),
  }
}

async function noteNothing(
  context: CommandContext,
  gateway: Endpoint,
  { window, kind, timeZone }: UsesView,
): Promise<void> {
  const nothing = `No use of ${kindText(kind)} was recorded`
  const query = { kind, untilMs: window.sinceMs, limit: 1 }
  const [last] = (await readUses(gateway, query, context.signal)).uses
  if (last === undefined) {
    const when = window.isUntilNow ? 'yet' : `until ${windowText(window, timeZone)}`
    return note(context, `${nothing} ${when}. ${IMPORT_ADVICE}`)
  }
  const day = last.began_at.slice(0, 10)
  const name = `${last.kind} ${printable(last.skill_name)}`
  const options = kind === undefined ? '' : ` --kind ${kind}`
  note(context, `${nothing} from ${windowText(window, timeZone)}; the last one was ${name} on ${day}.`)
  note(context, `\`skillwatch skills${options} --since ${day}\` shows that day and what followed.`)
}
