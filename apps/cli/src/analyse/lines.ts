import { type AnomalyFinding, type BaselineCoverage, FALSE_DISCOVERY_RATE } from '@skillwatch/analytics'
import { withNoun } from '../amounts.ts'
import type { Paint } from '../context.ts'
import { findingBlock } from '../findings/block.ts'
import { printable, wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'
import { type Coverage, isLacking, type Lacking } from './coverage.ts'
import { HOUR_MS, runCount, type Schedule } from './options.ts'

export interface View {
  readonly schedule: Schedule
  readonly project: string
  readonly timeZone: string
  readonly width: number
}

/** What was found, from the newest finding to the oldest one. */
export function findingLines(findings: readonly AnomalyFinding[], view: View, paint: Paint): string[] {
  const { width } = view
  const heading = wrap(headingText(findings, view), width).map((line) => paint('bold', line))
  return [...heading, ...findings.flatMap((finding) => ['', ...findingBlock(finding, view, paint)])]
}

function headingText(findings: readonly AnomalyFinding[], view: View): string {
  const open = findings.filter(({ resolved_at }) => resolved_at === null).length
  const count = findings.length === 0 ? 'No findings' : withNoun(findings.length, 'finding', exactNumber)
  const ofThese = open === 0 ? '' : ` (${open} open)`
  return `${count}${ofThese} in project ${printable(view.project)}, ${scheduleText(view)}`
}

/** `every hour from 2026-11-20 17:00 to 2026-11-27 17:00, Europe/Berlin` */
export function scheduleText({ schedule, timeZone }: Pick<View, 'schedule' | 'timeZone'>): string {
  const { fromMs, toMs, everyMs } = schedule
  const hours = everyMs / HOUR_MS
  const minute = (ms: number) => localMinute(new Date(ms).toISOString(), timeZone)
  const every = hours === 1 ? 'every hour' : `every ${hours} hours`
  return `${every} from ${minute(fromMs)} to ${minute(toMs)}, ${timeZone}`
}

/** What was tested, what was not and why, and how many findings are expected without any change. */
export function coverageLines(
  coverage: Coverage,
  baselines: readonly BaselineCoverage[],
  { schedule, width }: View,
): string[] {
  const metrics = coverage.by_metric.map(({ metric, tested }) => `${metric} ${tested}`).join(', ')
  const byMetric = coverage.tested === 0 ? [] : [`Skills tested by metric: ${metrics}.`]
  const lacking = coverage.skills === 1 ? baselines.flatMap(lackingOf) : byMetric
  return [testedText(coverage), ...lacking, falseAlarmText(runCount(schedule))].flatMap((line) =>
    wrap(line, width),
  )
}

function testedText({ skills, tested, not_enough_data }: Coverage): string {
  const rest = skills - tested
  const all = `The last run tested ${tested} of ${withNoun(skills, 'skill', exactNumber)}`
  if (rest === 0) return `${all}.`
  return `${all}; ${rest} had not enough data: ${not_enough_data.map(reasonText).join(', ')}.`
}

function reasonText({ unit, need, skills }: Lacking): string {
  return `${exactNumber(skills)} with fewer than ${need} ${unit} in 28 days`
}

function lackingOf({ metric, baseline }: BaselineCoverage): string[] {
  if (!isLacking(baseline)) return []
  return [`Not tested: ${metric}, which has ${baseline.have} of ${baseline.need} ${baseline.unit}.`]
}

function falseAlarmText(runs: number): string {
  const expected = Number((runs * FALSE_DISCOVERY_RATE).toPrecision(2))
  return (
    `False alarms: a run in which nothing changed raises one with a probability of ` +
    `${FALSE_DISCOVERY_RATE}, so ${expected} are expected in ${withNoun(runs, 'run', exactNumber)}; ` +
    'simulated histories of 200 skills had one in ten days.'
  )
}
