import type { Paint } from '../context.ts'
import { labelledLines } from '../show/labelled.ts'
import { MARKS } from '../tail/line.ts'
import { shortSessions } from '../tail/session-ids.ts'
import { printable, wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { costNotes } from '../uses/columns.ts'
import { defaultText, windowText } from '../uses/window.ts'
import { withNested } from '../uses/work.ts'
import { useBars } from './bars.ts'
import { amount, barEntries, factEntries } from './fact-entries.ts'
import { factsOf } from './facts.ts'
import { groupTable } from './groups.ts'
import { lastUsesTable } from './last-uses.ts'
import type { SkillPage } from './read.ts'
import { totalsTable } from './totals.ts'

interface View {
  readonly width: number
  readonly paint: Paint
}

/** Columns of a label with the gap after it. */
const LABEL_WIDTH = 15
const LAST_USES_MAX = 10
/** Also where lines have no bound, as in a pipe. */
const BARS_MAX = 125

/** A page about one skill, command or agent, at most `width` columns wide. */
export function skillPageLines(page: SkillPage, width: number, paint: Paint): string[] {
  const view = { width, paint }
  const sections = [
    titleLines(page, view),
    tableLines(totalsTable(page, width), view),
    factLines(page, view),
    groupLines('repository', page.byRepository, view),
    groupLines('model', page.byModel, view),
    lastLines(page, view),
    costLines(page),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function titleLines({ skill, window, timeZone }: SkillPage, { width, paint }: View): string[] {
  const title = `${skill.kind} ${printable(skill.skill_name)}${defaultText(window)}`
  return [
    ...wrap(title, width, '  ').map((line) => paint('bold', line)),
    ...wrap(windowText(window, timeZone), width, '  '),
  ]
}

function factLines({ uses, isMore, byDay, window, timeZone }: SkillPage, { width, paint }: View): string[] {
  const room = Math.max(1, Math.min(BARS_MAX, width - LABEL_WIDTH))
  const bars = useBars(byDay, { span: window, timeZone, room })
  const latest = isMore ? [['Counted', [`the latest ${amount(uses.length, 'use')}`]] as const] : []
  const entries = [...latest, ...(uses.length > 0 ? factEntries(factsOf(uses)) : []), ...barEntries(bars)]
  return labelledLines(entries, { labelWidth: LABEL_WIDTH, width }, paint)
}

function groupLines(group: 'repository' | 'model', items: SkillPage['byRepository'], view: View): string[] {
  // Nothing is known of them.
  if (items.every((item) => item[group] === null)) return []
  const { others, ...table } = groupTable(group, items, view.width)
  return [...tableLines(table, view), ...(others > 0 ? [`and ${exactNumber(others)} more`] : [])]
}

function lastLines({ uses, timeZone }: SkillPage, view: View): string[] {
  const [last] = uses
  if (last === undefined) return []
  const shown = uses.slice(0, LAST_USES_MAX)
  const idOf = shortSessions(shown.map(({ session_id }) => session_id))
  const table = lastUsesTable(shown, { timeZone, idOf, width: view.width })
  const command = `\`skillwatch show ${idOf(last.session_id)}\``
  return [
    ...tableLines(table, view),
    ...wrap(
      `${MARKS.failed.mark} failed calls. ${command} shows the session of the last one.`,
      view.width,
      '  ',
    ),
  ]
}

function costLines({ totals }: SkillPage): string[] {
  return totals === undefined ? [] : costNotes([withNested(totals)], totals.unpriced_responses_with_nested)
}

function tableLines({ head, body }: { head: string[]; body: string[] }, { paint }: View): string[] {
  return [...head.map((line) => paint('bold', line)), ...body]
}
