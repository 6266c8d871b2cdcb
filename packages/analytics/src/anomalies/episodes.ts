import { qValues } from '../rates/false-discovery.ts'
import type { Metric } from './baselines.ts'
import { type AnomalyFinding, openFinding, valuesOf } from './finding.ts'
import { HOUR_MS, type HourlyTable } from './hourly-table.ts'
import type { RunTest } from './run-tests.ts'

/** A finding with what the next run needs to continue it. */
export interface Episode {
  readonly finding: AnomalyFinding
  /** The first hour that the metric's baseline excludes, and the end of the last one. */
  readonly fromMs: number
  readonly toMs: number
  /** Hours in a row that were tested and calm, and that could not be tested. */
  readonly calmHours: number
  readonly untestedHours: number
  /** After so long an episode is the new normal: the baseline then begins with it. */
  readonly isNormal: boolean
}

/** The false discovery rate of a run. It bounds false alarms a day to 24 times as much in hourly runs. */
export const FALSE_DISCOVERY_RATE = 0.001
/** An hour is calm when no window of the direction has a p-value below this. */
const CALM_P = 0.01
const CALM_HOURS = 4
/** Without data an episode ends after a day. */
const UNTESTED_HOURS_MAX = 24
const NORMAL_AFTER_HOURS = 7 * 24

/**
 * The episodes after one more run: those that its tests open, confirm, continue or resolve. A pure function
 * of the episodes before and the tests, so that the same hours in the same order give the same findings.
 */
export function nextEpisodes(
  open: readonly Episode[],
  tests: readonly RunTest[],
  table: HourlyTable,
  endOf: (metric: Metric) => number,
): { readonly open: Episode[]; readonly resolved: Episode[] } {
  const q = qValues(tests.map(({ p }) => p))
  const judged = tests.map((test, i) => ({ test, q: q[i]! }))
  const byKey = Map.groupBy(judged, ({ test }) => keyOf(test.skill, test.metric, test.direction))
  const known = new Map(open.map((each) => [keyOfFinding(each.finding), each]))
  const tested = new Set(tests.map(({ skill, metric }) => keyOf(skill, metric)))
  const next: Episode[] = []
  for (const [key, episode] of known) {
    const { finding } = episode
    const hourEndMs = table.firstHourMs + endOf(finding.metric) * HOUR_MS
    const isTested = tested.has(keyOf(finding, finding.metric)) || finding.metric === 'silence'
    next.push(continued(episode, byKey.get(key) ?? [], isTested, hourEndMs))
  }
  for (const [key, group] of byKey) {
    const strongest = strongestOf(group)
    if (known.has(key) || strongest.q > FALSE_DISCOVERY_RATE) continue
    next.push(opened(strongest, table.firstHourMs + endOf(strongest.test.metric) * HOUR_MS))
  }
  const isOpen = ({ finding }: Episode) => finding.resolved_at === null
  return { open: next.filter(isOpen), resolved: next.filter((each) => !isOpen(each)) }
}

interface JudgedTest {
  readonly test: RunTest
  readonly q: number
}

function opened({ test, q }: JudgedTest, hourEndMs: number): Episode {
  const finding = openFinding(test, q, hourEndMs)
  const fromMs = hourEndMs - test.windowHours * HOUR_MS
  return { finding, fromMs, toMs: hourEndMs, calmHours: 0, untestedHours: 0, isNormal: false }
}

function continued(
  episode: Episode,
  group: readonly JudgedTest[],
  isTested: boolean,
  hourEndMs: number,
): Episode {
  const { finding } = episode
  const strongest = group.length > 0 ? strongestOf(group) : null
  const isConfirmed = strongest !== null && strongest.q <= FALSE_DISCOVERY_RATE
  const isCalm = strongest === null || strongest.test.p > CALM_P
  const hours = (hourEndMs - episode.toMs) / HOUR_MS
  const calmHours = isCalm ? episode.calmHours + (isTested ? hours : 0) : 0
  const untestedHours = isTested ? 0 : episode.untestedHours + hours
  const isNormal = hourEndMs - Date.parse(finding.opened_at) >= NORMAL_AFTER_HOURS * HOUR_MS
  const isOver = calmHours >= CALM_HOURS || untestedHours >= UNTESTED_HOURS_MAX || isNormal
  return {
    ...{ ...episode, toMs: hourEndMs, calmHours, untestedHours, isNormal },
    finding: {
      ...finding,
      ...(isConfirmed ? valuesOf(strongest.test, strongest.q, hourEndMs) : {}),
      resolved_at: isOver ? new Date(hourEndMs).toISOString() : null,
    },
  }
}

/** That of the smallest p-value; of equal ones, that of the shortest window. */
function strongestOf(group: readonly JudgedTest[]): JudgedTest {
  return group.reduce((best, each) => (each.test.p < best.test.p ? each : best))
}

function keyOf(
  skill: { kind: string; skill_name: string },
  metric: Metric,
  direction?: AnomalyFinding['subtype'],
): string {
  return JSON.stringify([skill.kind, skill.skill_name, metric, direction])
}

function keyOfFinding(finding: AnomalyFinding): string {
  return keyOf(finding, finding.metric, finding.subtype)
}
