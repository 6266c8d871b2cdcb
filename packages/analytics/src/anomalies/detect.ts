import type { Answer, NotEnoughData } from '../answer.ts'
import { HOURS_BEFORE_RUN, WINDOW_HOURS_MAX } from './baseline-hours.ts'
import {
  baselinesAt,
  estimateBaselines,
  type Metric,
  type SkillBaselines,
  type UsableHours,
} from './baselines.ts'
import { type Episode, nextEpisodes } from './episodes.ts'
import type { AnomalyFinding } from './finding.ts'
import { HOUR_MS, type HourlyTable, type SkillColumns } from './hourly-table.ts'
import { testsOf } from './run-tests.ts'
import type { BaselineName } from './volume-profile.ts'

/** What a run hands to the next one. */
export interface DetectionState {
  readonly open: readonly Episode[]
  /** Resolved episodes whose hours a baseline can still contain, and so excludes. */
  readonly resolved: readonly Episode[]
  /** The end of the last tested hour; null before the first run. */
  readonly untilMs: number | null
}

export interface DetectionRun {
  /** The instant of the run. Hours that end later are not read. */
  readonly atMs: number
  /** Calls are awaited for so long before their hour is tested. */
  readonly lateMs: number
  /** The same for silence, which one late call ends; at least `lateMs`. */
  readonly silenceLateMs: number
}

/** Gives the baselines of all skills of the table at an hour. */
export type BaselineSource = (table: HourlyTable, to: number, usableOf: UsableHours) => SkillBaselines[]

export const NO_EPISODES: DetectionState = { open: [], resolved: [], untilMs: null }

/**
 * How long calls are awaited while they are recorded: hooks and telemetry report them within seconds to
 * minutes. One late call ends a silence, so that waits for an hour more.
 */
export const LIVE_ALLOWANCE = { lateMs: 300_000, silenceLateMs: 300_000 + HOUR_MS } as const

/**
 * One run of anomaly detection: tests the last 1, 2, 4 and 8 hours of every skill against its baseline
 * (completion rate, duration, volume, what follows) and how long it has been silent, corrects all tests
 * together for their number, and continues the episodes.
 *
 * It is a function of the state, the table and the run. A baseline needs 100 calls and 24 hours, a window 20
 * calls; what has less is not tested, and `baselineCoverage` names it. A second run for the same hour
 * changes nothing. When rows of hours that a former run tested have changed, begin again with the state
 * before that run. Assumes that what a skill did in the baseline is what it does, up to a slow drift.
 */
export function detectAnomalies(
  table: HourlyTable,
  state: DetectionState,
  run: DetectionRun,
  baselineSource: BaselineSource = baselinesAt,
): DetectionState {
  const hours = {
    to: hourAt(table, run.atMs - run.lateMs),
    silenceTo: hourAt(table, run.atMs - run.silenceLateMs),
  }
  const untilMs = table.firstHourMs + hours.to * HOUR_MS
  if (hours.to <= WINDOW_HOURS_MAX || (state.untilMs !== null && untilMs <= state.untilMs)) return state
  const excluded = excludedBy(state)
  const usableOf = usableHoursOf(table, excluded)
  const skipsVolume = (skill: SkillColumns, from: number) =>
    (excluded.get(baselineKey(skill, 'volume')) ?? []).some(
      ({ finding, toMs }) => finding.metric === 'silence' && toMs > table.firstHourMs + from * HOUR_MS,
    )
  const baselines = baselineSource(table, hours.to, usableOf)
  const endOf = (metric: Metric) => (metric === 'silence' ? hours.silenceTo : hours.to)
  const tests = testsOf(table, baselines, hours, skipsVolume)
  const { open, resolved } = nextEpisodes(state.open, tests, table, endOf)
  const oldestMs = untilMs - HOURS_BEFORE_RUN * HOUR_MS
  const kept = state.resolved.filter(({ toMs, isNormal }) => toMs > oldestMs && !isNormal)
  const normal = state.resolved.filter(({ fromMs, isNormal }) => isNormal && fromMs > oldestMs)
  return { open, resolved: [...kept, ...normal, ...resolved], untilMs }
}

/** From what one metric of one skill is judged, or what is missing for it. */
export interface BaselineCoverage {
  readonly kind: string
  readonly skill_name: string
  readonly metric: Metric
  readonly baseline: Answer<{ readonly name: BaselineName; readonly calls: number }>
}

/** Which skills and metrics a run at an instant can test, and what the others lack. */
export function baselineCoverage(
  table: HourlyTable,
  state: DetectionState,
  { atMs, lateMs }: Pick<DetectionRun, 'atMs' | 'lateMs'>,
): BaselineCoverage[] {
  const to = Math.max(WINDOW_HOURS_MAX, hourAt(table, atMs - lateMs))
  const usableOf = usableHoursOf(table, excludedBy(state))
  return table.skills.flatMap((skill) => {
    const { rate, duration, volume, pattern } = estimateBaselines(table, skill, to, usableOf)
    const answer = (
      metric: Metric,
      each: NotEnoughData | { enough: true; calls: number },
      name: BaselineName,
    ) => ({
      ...{ kind: skill.kind, skill_name: skill.skill_name, metric },
      baseline: each.enough ? { enough: true as const, name, calls: each.calls } : each,
    })
    const ofVolume = volume.enough ? volume.baseline : 'all_hours'
    return [
      answer('completion_rate', rate, 'all_hours'),
      answer('duration', duration, 'all_hours'),
      answer('volume', volume, ofVolume),
      answer('pattern_shift', pattern, 'all_hours'),
      answer('silence', volume, ofVolume),
    ]
  })
}

export interface DetectionSchedule {
  readonly firstRunAtMs: number
  readonly lastRunAtMs: number
  readonly everyMs: number
  readonly lateMs: number
  readonly silenceLateMs: number
}

/** What a schedule of runs found, ordered by the hour that opened it, and the state after the last run. */
export interface Detected {
  readonly findings: readonly AnomalyFinding[]
  readonly state: DetectionState
}

/** From here on a schedule begins that continues nothing. */
export const NOTHING_DETECTED: Detected = { findings: [], state: NO_EPISODES }

/** One run of a schedule. */
export interface CompletedRun {
  readonly atMs: number
  /** What all runs until this one found: enough for another schedule to continue after it. */
  detected(): Detected
}

/**
 * The findings of a schedule of runs over the past. They are a function of the rows: the order of arrival
 * does not matter, and late rows lead to the findings that they would have led to in time.
 */
export function detectOver(
  table: HourlyTable,
  schedule: DetectionSchedule,
  baselineSource: BaselineSource = baselinesAt,
): Detected {
  const runs = detectRunByRun(table, schedule, NOTHING_DETECTED, baselineSource)
  let run = runs.next()
  while (!run.done) run = runs.next()
  return run.value
}

/**
 * The same, run by run, so that a long schedule can be shown, ended, and continued by another one.
 * @param start what the runs before the first one found, in the same hours
 */
export function* detectRunByRun(
  table: HourlyTable,
  { firstRunAtMs, lastRunAtMs, everyMs, ...allowance }: DetectionSchedule,
  start: Detected = NOTHING_DETECTED,
  baselineSource: BaselineSource = baselinesAt,
): Generator<CompletedRun, Detected> {
  const findings = new Map(start.findings.map((finding) => [finding.finding_id, finding]))
  let { state } = start
  const detected = () => ({ findings: [...findings.values()].sort(byOpening), state })
  for (let atMs = firstRunAtMs; atMs <= lastRunAtMs; atMs += everyMs) {
    state = detectAnomalies(table, state, { atMs, ...allowance }, baselineSource)
    for (const { finding } of [...state.resolved, ...state.open]) findings.set(finding.finding_id, finding)
    yield { atMs, detected }
  }
  return detected()
}

function byOpening(a: AnomalyFinding, b: AnomalyFinding): number {
  return a.opened_at === b.opened_at
    ? compare(a.finding_id, b.finding_id)
    : compare(a.opened_at, b.opened_at)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1
}

function hourAt({ firstHourMs, hours }: HourlyTable, atMs: number): number {
  return Math.min(hours, Math.floor((atMs - firstHourMs) / HOUR_MS))
}

/** Hours of a silence belong to no volume. */
function baselineKey(skill: { kind: string; skill_name: string }, metric: Metric): string {
  return JSON.stringify([skill.kind, skill.skill_name, metric === 'silence' ? 'volume' : metric])
}

/** Episodes by the baseline that excludes their hours. */
function excludedBy({ open, resolved }: DetectionState): Map<string, Episode[]> {
  return Map.groupBy([...open, ...resolved], ({ finding }) => baselineKey(finding, finding.metric))
}

function usableHoursOf(table: HourlyTable, excluded: ReadonlyMap<string, readonly Episode[]>): UsableHours {
  const everyHour = new Uint8Array(table.hours).fill(1)
  return (skill, metric) => {
    const ofMetric = excluded.get(baselineKey(skill, metric))
    return ofMetric ? usableHours(table, ofMetric) : everyHour
  }
}

function usableHours({ firstHourMs, hours }: HourlyTable, episodes: readonly Episode[]): Uint8Array {
  const usable = new Uint8Array(hours).fill(1)
  const hourOf = (ms: number) => Math.max(0, (ms - firstHourMs) / HOUR_MS)
  for (const { fromMs, toMs, isNormal } of episodes) {
    if (isNormal) usable.fill(0, 0, hourOf(fromMs))
    else usable.fill(0, hourOf(fromMs), hourOf(toMs))
  }
  return usable
}
