import { effectiveShare, wilsonInterval } from '@skillwatch/analytics'
import type { Kind, UsageReply, UseSummary } from '@skillwatch/schema'
import { sumOf } from '../usage/rows.ts'
import { compareWindows } from './compare.ts'
import { type MeasuredSkill, measure } from './measure.ts'
import { type PeriodName, periodsOf } from './periods.ts'
import type { Recorded, RecordedWindow } from './read.ts'
import {
  type ComparedWindow,
  type Comparison,
  type GroupRow,
  type PeriodRow,
  REPORT_TITLE,
  type Report,
  type SkillRow,
} from './report.ts'
import { skillKey } from './skill-key.ts'
import { spentOf, spentWithNested } from './spent.ts'
import { totalsOf } from './totals.ts'
import type { Window } from './window.ts'

interface Settings {
  readonly nowMs: number
  readonly timeZone: string
  readonly period: PeriodName
}

/** So much of the window before may be without a record and it is compared nevertheless. */
const UNRECORDED_SHARE_MAX = 0.1

export function makeReport(recorded: Recorded, { nowMs, timeZone, period }: Settings): Report {
  const { now, before, firstCallMs } = recorded
  const compared = before && isRecorded(before, firstCallMs) ? before : null
  const comparisons = compared ? compare(recorded, compared) : []
  return {
    title: REPORT_TITLE,
    generated_at: instant(nowMs),
    since: instant(now.window.sinceMs),
    until: instant(now.window.untilMs),
    time_zone: timeZone,
    compared_with: before && comparedWindow(before, compared !== null),
    first_call_at: firstCallMs === null ? null : instant(firstCallMs),
    last_call_at: now.overview.last_invoked_at,
    changes: changesOf(comparisons),
    comparisons,
    totals: totalsOf(now),
    totals_before: compared && totalsOf(compared),
    skills: skillRows(now, compared),
    repositories: repositoryRows(recorded),
    models: byCost(recorded.usageByModel.map((item) => groupRow(item.model, null, item))),
    period,
    periods: periodRows(recorded, period, timeZone),
  }
}

function compare({ now, firstUsesMs }: Recorded, before: RecordedWindow): Comparison[] {
  const isNew = (key: string) => (firstUsesMs.get(key) ?? 0) >= now.window.sinceMs
  return compareWindows(measure(before), measure(now), isNew)
}

function isRecorded({ window: { sinceMs, untilMs } }: RecordedWindow, firstCallMs: number | null): boolean {
  return firstCallMs !== null && firstCallMs <= sinceMs + UNRECORDED_SHARE_MAX * (untilMs - sinceMs)
}

function comparedWindow(
  { window: { sinceMs, untilMs } }: RecordedWindow,
  is_recorded: boolean,
): ComparedWindow {
  return { since: instant(sinceMs), until: instant(untilMs), is_recorded }
}

/** Totals first, then failures, then uses: those of skills that are new or gone, and the largest changes. */
function changesOf(comparisons: readonly Comparison[]): Comparison[] {
  const rank = ({ skill, measure: name, verdict }: Comparison) => {
    if (skill === null) return 0
    if (name === 'failed_share') return 1
    return verdict === 'new' || verdict === 'gone' ? 2 : 3
  }
  const size = ({ now, before }: Comparison) => Math.abs(now - before)
  return comparisons
    .filter(({ verdict }) => verdict !== 'unclear' && verdict !== 'too_little_data')
    .sort((a, b) => rank(a) - rank(b) || (rank(a) === 0 ? 0 : size(b) - size(a)))
}

function skillRows(now: RecordedWindow, before: RecordedWindow | null): SkillRow[] {
  const measured = measure(now).skills
  const sumsBefore = new Map(before?.skills.map((sums) => [skillKey(sums), sums]))
  return now.skills
    .filter(({ uses }) => uses > 0)
    .map((sums) => ({
      kind: sums.kind!,
      skill_name: sums.skill_name!,
      uses: sums.uses,
      uses_before: before && (sumsBefore.get(skillKey(sums))?.uses ?? 0),
      calls: sums.calls_with_nested,
      failed_calls: sums.failed_calls_with_nested,
      rejected_calls: sums.rejected_calls_with_nested,
      failed_share_interval: failedShareInterval(measured.get(skillKey(sums))!),
      failed_share_before: failedShare(sumsBefore.get(skillKey(sums))),
      ...spentWithNested(sums),
    }))
    .sort((a, b) => b.uses - a.uses || (skillKey(a) < skillKey(b) ? -1 : 1))
}

function failedShare(sums: UseSummary | undefined): number | null {
  if (sums === undefined || sums.calls_with_nested === 0) return null
  return sums.failed_calls_with_nested / sums.calls_with_nested
}

function failedShareInterval({ failures }: MeasuredSkill): readonly [number, number] | null {
  const effective = effectiveShare(failures)
  return effective && wilsonInterval(effective)
}

function repositoryRows({ usesByRepository, usageByRepository }: Recorded): GroupRow[] {
  const uses = new Map(usesByRepository.map((item) => [item.repository, item.uses]))
  const spent = new Map(usageByRepository.map((item) => [item.repository, item]))
  const names = new Set([...uses.keys(), ...spent.keys()])
  return byCost([...names].map((name) => groupRow(name, uses.get(name) ?? 0, spent.get(name))))
}

function groupRow(
  name: string | null | undefined,
  uses: number | null,
  item: UsageReply['items'][number] | undefined,
): GroupRow {
  return { name: name ?? null, uses, ...spentOf(sumOf(item ? [item] : [])) }
}

function byCost(rows: readonly GroupRow[]): GroupRow[] {
  return rows.toSorted((a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0) || b.tokens - a.tokens)
}

function periodRows(recorded: Recorded, period: PeriodName, timeZone: string): PeriodRow[] {
  const uses = Map.groupBy(recorded.usesByPeriod, (item) => item[period])
  const spent = Map.groupBy(recorded.usageByPeriod, (item) => item[period])
  return periodsOf(recordedWindow(recorded), period, timeZone).map(({ name, isWhole }) => {
    const kinds = (uses.get(name) ?? []).map((item) => [item.kind!, item.uses] as [Kind, number])
    return {
      name,
      is_whole: isWhole,
      uses: kinds.reduce((sum, [, count]) => sum + count, 0),
      uses_by_kind: Object.fromEntries(kinds),
      ...spentOf(sumOf(spent.get(name) ?? [])),
    }
  })
}

/**
 * Without the periods before anything was recorded, so that a long window begins where there is something.
 */
function recordedWindow({ now: { window }, firstCallMs }: Recorded): Window {
  const sinceMs = Math.max(window.sinceMs, Math.min(firstCallMs ?? 0, window.untilMs - 1))
  return { ...window, sinceMs }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
