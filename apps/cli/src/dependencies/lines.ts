import type { DependencySample, DependencyUnit } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'
import type { Dependencies } from './read.ts'
import { label, pairLines, type RowsView, transitionLines } from './tables.ts'

export interface DepsView extends RowsView {
  readonly timeZone: string
}

type Count = 'units' | 'transitions_counted'

/** What was counted and when, then one table for each question. */
export function dependencyLines(
  { together, next, before }: Dependencies,
  sample: DependencySample,
  view: DepsView,
  paint: Paint,
): string[] {
  const { asked, width } = view
  const name = asked && nameOf(view)
  const section = (title: string, table: string[], none: string) => [
    '',
    ...wrap(title, width).map((line) => paint('bold', line)),
    ...(table.length > 0 ? table : wrap(none, width)),
  ]
  const tables = {
    together: together.items.length > 0 ? pairLines(together.items, view, paint) : [],
    next: next.items.length > 0 ? transitionLines(next.items, 'next', view, paint) : [],
    before: before?.items.length ? transitionLines(before.items, 'before', view, paint) : [],
  }
  const noTransition = noneText(next.sample, 'transitions_counted')
  return [
    ...wrap(sampleText(sample, view), width),
    ...section(
      name ? `Used together with ${name}` : 'Used together',
      tables.together,
      noneText(together.sample, 'units'),
    ),
    ...section(name ? `Called next after ${name}` : 'Called one after the other', tables.next, noTransition),
    ...(name ? section(`Called before ${name}`, tables.before, noTransition) : []),
  ]
}

function nameOf({ asked }: DepsView): string {
  return label(asked?.kind ?? 'skill', asked!.skill_name)
}

/** `1,240 sessions from 2026-08-24 12:00 to 2026-11-22 12:00, Europe/Berlin, computed 2026-11-22 12:00` */
function sampleText(sample: DependencySample, { timeZone }: DepsView): string {
  const { units, unit, since, until, computed_at, ignored_units } = sample
  const minute = (instant: string) => localMinute(instant, timeZone)
  const ignored = ignored_units > 0 ? ` (${exactNumber(ignored_units)} ignored)` : ''
  return (
    `${unitsText(units, unit)}${ignored} from ${minute(since)} to ${minute(until)}, computed ` +
    `${minute(computed_at)}, ${timeZone}. Shown is what happens more often than by chance (q at most 0.05), ` +
    'the highest lift first.'
  )
}

export function unitsText(count: number, unit: DependencyUnit): string {
  return `${exactNumber(count)} ${unit}${count === 1 ? '' : 's'}`
}

/** Why a table is empty. */
function noneText(sample: DependencySample | null, count: Count): string {
  if (sample === null || sample.enough) return 'Nothing more often than by chance.'
  return `Not enough data: ${lackingText(sample, count)}.`
}

/** `12 of 50 sessions` */
export function lackingText(
  sample: Pick<DependencySample, Count | 'unit' | 'units_needed' | 'transitions_needed'>,
  count: Count,
): string {
  if (count === 'units')
    return `${exactNumber(sample.units)} of ${unitsText(sample.units_needed, sample.unit)} that are needed`
  const { transitions_counted, transitions_needed } = sample
  return `${exactNumber(transitions_counted)} of ${transitions_needed} transitions that are needed`
}
