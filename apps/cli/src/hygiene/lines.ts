import type { FailingSkill, HygieneReply, NearDuplicate, UnusedSkill } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'

/** How it is shown. */
export interface HygieneView {
  readonly width: number
  readonly timeZone: string
  readonly paint: Paint
}

type ContextPlace = HygieneReply['context_cost']['places'][number]

/** All lists with their titles; a list without items is left out. */
export function hygieneLines(reply: HygieneReply, view: HygieneView): string[] {
  const { unused, failing, near_duplicates, context_cost } = reply
  const day = (instant: string | null) =>
    instant === null ? 'never' : localMinute(instant, view.timeZone).slice(0, 10)
  const sections = [
    section(`To remove: not used since ${day(reply.since)}`, unused, unusedColumns(day), view),
    section('To mend: too many of their calls fail', failing, FAILING, view),
    section('Nearly the same', near_duplicates, DUPLICATES, view),
    section(
      'Tokens in the context of sessions',
      { total: context_cost.places.length, items: context_cost.places },
      COSTS,
      view,
    ),
  ].filter((lines) => lines.length > 0)
  return sections.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

/** What limits the lists, and what to do. */
export function hygieneNotes({ skills, scanned_at, ...reply }: HygieneReply, timeZone: string): string[] {
  if (scanned_at === null) return ['No skills are known yet: `skillwatch skills scan` reads them.']
  const { installed_lately, rarely_used, too_few_calls } = reply.not_judged
  const { method, session_tokens, session_tokens_max } = reply.context_cost
  const judged = [
    installed_lately > 0 ? `${exactNumber(installed_lately)} unused and installed lately` : undefined,
    rarely_used > 0 ? `${exactNumber(rarely_used)} used rarely before too` : undefined,
    too_few_calls > 0 ? `${exactNumber(too_few_calls)} with fewer than 20 calls` : undefined,
  ].filter((each) => each !== undefined)
  const most =
    session_tokens_max > session_tokens ? `, up to ${exactNumber(session_tokens_max)} in a repository` : ''
  return [
    `Scanned ${localMinute(scanned_at, timeZone)}: ${exactNumber(skills)} skills, commands and sub-agents.`,
    `Their descriptions take about ${exactNumber(session_tokens)} tokens of each session${most} (${method}).`,
    ...(judged.length > 0 ? [`Too little data to judge: ${judged.join(', ')}.`] : []),
  ]
}

function section<Row>(
  title: string,
  { total, items }: { readonly total: number; readonly items: readonly Row[] },
  columns: readonly Column<Row>[],
  { width, paint }: HygieneView,
): string[] {
  if (items.length === 0) return []
  const { head, body } = fittingTable(columns, items, width)
  const more = total > items.length ? [`These are ${items.length} of ${total}; --limit shows more.`] : []
  return [paint('bold', `${title} (${total})`), ...head, ...body, ...more]
}

function unusedColumns(day: (instant: string | null) => string): Column<UnusedSkill>[] {
  return [
    left('SKILL', 0, ({ skill_name }) => printable(skill_name)),
    left('KIND', 4, ({ kind }) => kind),
    left('WHERE', 3, placesText),
    left('INSTALLED', 2, ({ installed_at }) => day(installed_at)),
    left('LAST USED', 1, ({ last_used_at }) => day(last_used_at)),
    right('TOKENS', 2, ({ description_tokens }) => exactNumber(description_tokens)),
  ]
}

const FAILING: readonly Column<FailingSkill>[] = [
  left('SKILL', 0, ({ skill_name }) => printable(skill_name)),
  left('KIND', 4, ({ kind }) => kind),
  right('USES', 3, ({ uses }) => exactNumber(uses)),
  right('CALLS', 2, ({ calls }) => exactNumber(calls)),
  right('FAILED', 1, ({ failed_share }) => percent(failed_share)),
  right('INTERVAL', 2, (each) => `${percent(each.failed_share_low)}-${percent(each.failed_share_high)}`),
]

const DUPLICATES: readonly Column<NearDuplicate>[] = [
  left('SKILL', 0, ({ a }) => printable(a.skill_name)),
  left('ALSO', 1, ({ b }) => printable(b.skill_name)),
  left('WHERE', 3, ({ b }) => placesText(b)),
  left('ALIKE', 1, ({ similarity, identical }) => (identical ? 'identical' : percent(similarity))),
]

const COSTS: readonly Column<ContextPlace>[] = [
  left('WHERE', 0, ({ source, repository }) => printable(repository ?? source)),
  right('SKILLS', 2, ({ skills }) => exactNumber(skills)),
  right('TOKENS', 1, ({ tokens }) => exactNumber(tokens)),
]

function placesText({ places }: Pick<UnusedSkill, 'places'>): string {
  const names = places.map(({ source, origin }) => (source === 'project' ? printable(origin ?? '') : source))
  return [...new Set(names)].join(', ')
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`
}

function left<Row>(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'left', cell }
}

function right<Row>(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'right', cell }
}
