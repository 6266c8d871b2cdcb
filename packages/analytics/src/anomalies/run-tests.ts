import { WINDOW_HOURS } from './baseline-hours.ts'
import { lastCallBefore, type Metric, type SkillBaselines } from './baselines.ts'
import { testDuration } from './duration.ts'
import type { HourlyTable, SkillColumns } from './hourly-table.ts'
import { type PatternTest, testPattern } from './pattern.ts'
import { testRate, type WindowTest } from './rate.ts'
import { testSilence, testVolume } from './volume.ts'
import type { BaselineName } from './volume-profile.ts'

export type Direction = 'drop' | 'rise' | 'slowdown' | 'speedup' | 'spike' | 'pattern_shift' | 'silence'

/** One test of a run: a skill, a metric and a window. */
export interface RunTest extends WindowTest {
  readonly skill: SkillColumns
  readonly metric: Metric
  readonly direction: Direction
  readonly windowHours: number
  readonly baseline: BaselineName
  readonly baselineCalls: number
  /** The follower that changed most; for pattern shifts only. */
  readonly follower?: string
}

export interface RunHours {
  /** The end of the windows, as an hour of the table, exclusive. */
  readonly to: number
  /** The same for silence, which late calls would end: not after `to`. */
  readonly silenceTo: number
}

/** The directions of a value above and below its baseline. */
const DIRECTIONS = {
  completion_rate: ['rise', 'drop'],
  duration: ['slowdown', 'speedup'],
  volume: ['spike', 'drop'],
  pattern_shift: ['pattern_shift', 'pattern_shift'],
  silence: ['silence', 'silence'],
} as const satisfies Record<Metric, readonly [Direction, Direction]>

/**
 * All tests of a run that have enough data, ordered by skill, metric and window.
 * @param skipsVolume whether the hours of a window belong to a silence, so that they are no volume
 */
export function testsOf(
  table: HourlyTable,
  baselines: readonly SkillBaselines[],
  hours: RunHours,
  skipsVolume: (skill: SkillColumns, from: number) => boolean,
): RunTest[] {
  return table.skills.flatMap((skill, i) => [
    ...WINDOW_HOURS.flatMap((windowHours, window) =>
      hours.to < windowHours
        ? []
        : windowTests(table, skill, baselines[i]!, { windowHours, window, to: hours.to, skipsVolume }),
    ),
    ...silenceTests(skill, baselines[i]!, hours),
  ])
}

interface TestedWindow {
  readonly windowHours: number
  /** Index into WINDOW_HOURS. */
  readonly window: number
  readonly to: number
  readonly skipsVolume: (skill: SkillColumns, from: number) => boolean
}

function windowTests(
  { durationBoundsMs }: HourlyTable,
  skill: SkillColumns,
  { rate, duration, volume, pattern }: SkillBaselines,
  { windowHours, window, to, skipsVolume }: TestedWindow,
): RunTest[] {
  const hours = { from: to - windowHours, to }
  const tested = (metric: Metric, test: WindowTest | PatternTest | null, baseline: Tested) =>
    test ? [toRunTest(skill, metric, windowHours, test, baseline)] : []
  return [
    ...(rate ? tested('completion_rate', testRate(skill, rate, window, hours), rate) : []),
    ...(duration
      ? tested('duration', testDuration(skill, durationBoundsMs, duration, window, hours), duration)
      : []),
    ...(volume && !skipsVolume(skill, hours.from)
      ? tested('volume', testVolume(skill, volume, window, hours), volume).filter((each) =>
          isVolume(each, to),
        )
      : []),
    ...(pattern ? tested('pattern_shift', testPattern(skill, pattern, window, hours), pattern) : []),
  ]
}

/** In an hour without calls fewer calls than usual are a matter of silence. */
function isVolume({ direction, skill }: RunTest, to: number): boolean {
  return direction === 'spike' || skill.calls[to - 1]! > 0
}

function silenceTests(skill: SkillColumns, { volume }: SkillBaselines, { silenceTo }: RunHours): RunTest[] {
  if (!volume) return []
  const from = lastCallBefore(skill.calls, silenceTo) + 1
  const test = from < silenceTo ? testSilence(volume, { from, to: silenceTo }) : null
  return test ? [toRunTest(skill, 'silence', silenceTo - from, test, volume)] : []
}

interface Tested {
  readonly calls: number
  readonly baseline?: BaselineName
}

function toRunTest(
  skill: SkillColumns,
  metric: Metric,
  windowHours: number,
  test: WindowTest | PatternTest,
  { calls, baseline = 'all_hours' }: Tested,
): RunTest {
  const direction = DIRECTIONS[metric][test.isAbove ? 0 : 1]
  return { ...test, skill, metric, direction, windowHours, baseline, baselineCalls: calls }
}
