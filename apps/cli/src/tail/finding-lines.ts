import type { Finding, FindingChange } from '@skillwatch/schema'
import { type CommandContext, widthOf } from '../context.ts'
import { differenceText, valuesText } from '../findings/block.ts'
import { cut, pad, printable } from '../text.ts'
import { localMinute, machineTimeZone } from '../usage/time-zone.ts'
import { createRepeats } from './repeats.ts'

/** Findings whose title is remembered, for the line of their deletion. */
const TITLES_MAX = 10_000

const SIGNS = {
  opened: { mark: '✘', format: 'red' },
  revised: { mark: '…', format: 'yellow' },
  resolved: { mark: '✔', format: 'green' },
  deleted: { mark: '∅', format: 'gray' },
} as const

const WIDTHS = { instant: 16, state: 8, values: 16 }

/** What a line shows of a change. */
interface Shown {
  readonly state: keyof typeof SIGNS
  /** Empty for a deletion, which has none. */
  readonly instant: string
  readonly values: string
  readonly title: string
}

/**
 * Shows changes of findings as lines: each when its line has changed. A deletion is shown for findings that
 * were shown before.
 */
export function createFindingLines({
  stdout,
  paint,
}: Pick<CommandContext, 'stdout' | 'paint'>): (changes: readonly FindingChange[]) => string {
  const isRepeat = createRepeats()
  const titles = new Map<string, string>()
  const timeZone = machineTimeZone()
  const remember = (finding: Finding) => {
    const { kind, skill_name } = finding
    titles.set(finding.finding_id, `${kind} ${printable(skill_name)}: ${differenceText(finding)}`)
    if (titles.size > TITLES_MAX) titles.delete(titles.keys().next().value!)
  }
  return (changes) =>
    changes
      .flatMap((change) => {
        const id = change.op === 'delete' ? change.finding_id : change.finding.finding_id
        if (change.op !== 'delete') remember(change.finding)
        const title = titles.get(id)
        if (title === undefined) return []
        const shown = { ...partsOf(change, timeZone), title }
        return isRepeat(id, JSON.stringify(shown)) ? [] : [lineOf(shown, widthOf({ stdout }), paint.stdout)]
      })
      .map((line) => `${line}\n`)
      .join('')
}

/** The end of a finding, or the end of the hour that confirmed it. */
export function changedAt({ resolved_at, updated_at }: Finding): string {
  return resolved_at ?? updated_at
}

function partsOf(change: FindingChange, timeZone: string): Omit<Shown, 'title'> {
  if (change.op === 'delete') return { state: 'deleted', instant: '', values: '' }
  const { op, finding } = change
  return {
    // A replay has findings as they are now, so one that is over may be in its first change.
    state: finding.resolved_at !== null ? 'resolved' : op === 'insert' ? 'opened' : 'revised',
    instant: localMinute(changedAt(finding), timeZone),
    values: valuesText(finding),
  }
}

function lineOf(
  { state, instant, values, title }: Shown,
  width: number,
  paint: CommandContext['paint']['stdout'],
): string {
  const { mark, format } = SIGNS[state]
  const parts = [
    paint('dim', pad(instant, WIDTHS.instant)),
    paint(format, `${mark} ${state.padEnd(WIDTHS.state)}`),
    pad(values, WIDTHS.values),
    paint('bold', title),
  ]
  return cut(parts.join('  '), width)
}
