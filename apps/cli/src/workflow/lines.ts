import type {
  Workflow,
  WorkflowBottleneck,
  WorkflowPhase,
  WorkflowRun,
  WorkflowTransition,
} from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { formatDuration } from '../tail/line.ts'
import { fit, printable, wrap } from '../text.ts'
import { exactNumber, percentText } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'

const TRANSITIONS_SHOWN = 10
const NAME_WIDTH_MAX = 20
/** From no call to the hour with the most calls of its phase. */
const SHADES = ['·', '░', '▒', '▓', '█'] as const
const DAYS = 'MTWTFSS'

/** What was counted, then a table for each question, and the heat map. */
export function workflowLines(workflow: Workflow, run: WorkflowRun, width: number, paint: Paint): string[] {
  const { phases, bottlenecks, transitions } = workflow
  const section = (title: string, lines: string[]) => ['', ...boldLines(title, width, paint), ...lines]
  const rows = <Row>(columns: readonly Column<Row>[], all: readonly Row[]) => {
    const { head, body } = fittingTable(columns, all, width)
    return [...head.map((line) => paint('bold', line)), ...body]
  }
  if (phases.length === 0) return wrap(`${runText(run)} No phase has 5 sessions.`, width)
  const shown = transitions.slice(0, TRANSITIONS_SHOWN)
  return [
    ...wrap(runText(run), width),
    ...section('Phases', rows(PHASES, phases)),
    ...section('What slow and failed calls took', rows(BOTTLENECKS, bottlenecks)),
    ...wrap(
      'SLOW is the time of completed calls above the median of their skill in the phase, FAILED the time ' +
        'of failed ' +
        'calls. GAIN is both: what would be saved if no call took longer and none failed.',
      width,
    ),
    ...(shown.length > 0 ? section('What follows what', rows(TRANSITIONS, shown)) : []),
    ...section(`Calls by hour of the day and by weekday, ${run.time_zone}`, heatLines(phases)),
  ]
}

/** One line for each phase: 24 hours, then the days from Monday on; dark is many calls for this phase. */
function heatLines(phases: readonly WorkflowPhase[]): string[] {
  const nameWidth = Math.min(
    NAME_WIDTH_MAX,
    Math.max(...phases.map(({ workflow_phase }) => printable(workflow_phase).length)),
  )
  const head = `${' '.repeat(nameWidth)}  0     6     12    18      ${DAYS}`
  return [
    head,
    ...phases.map(({ workflow_phase, calls_by_hour }) => {
      const sum = (has: (hour: number) => boolean) =>
        calls_by_hour.reduce((total, count, hour) => (has(hour) ? total + count : total), 0)
      const hours = Array.from({ length: 24 }, (_, each) => sum((hour) => hour % 24 === each))
      const days = Array.from({ length: 7 }, (_, each) => sum((hour) => Math.floor(hour / 24) === each))
      return `${fit(printable(workflow_phase), nameWidth)}  ${shaded(hours)}  ${shaded(days)}`
    }),
  ]
}

/** Each count as a shade; only no call is the lightest one. */
function shaded(counts: readonly number[]): string {
  const most = Math.max(1, ...counts)
  return counts.map((count) => SHADES[Math.ceil((count / most) * (SHADES.length - 1))]).join('')
}

function boldLines(text: string, width: number, paint: Paint): string[] {
  return wrap(text, width).map((line) => paint('bold', line))
}

function runText(run: WorkflowRun): string {
  const { since, until, computed_at, time_zone, sessions, calls, calls_without_phase, rare_phases } = run
  const minute = (instant: string) => localMinute(instant, time_zone)
  const rare =
    rare_phases === 0
      ? ''
      : ` ${withNoun(rare_phases, 'phase', exactNumber)} of fewer than 5 sessions not named.`
  return (
    `${withNoun(calls, 'call', exactNumber)} of ${withNoun(sessions, 'session', exactNumber)} from ` +
    `${minute(since)} to ${minute(until)}, computed ${minute(computed_at)}, ${time_zone}; ` +
    `${exactNumber(calls_without_phase)} without a phase.${rare}`
  )
}

const PHASES: readonly Column<WorkflowPhase>[] = [
  left('PHASE', ({ workflow_phase }) => printable(workflow_phase)),
  right('CALLS', 0, ({ calls }) => exactNumber(calls)),
  right('COMPLETED', 1, ({ completion_rate }) =>
    completion_rate === null ? '-' : percentText(completion_rate, 1),
  ),
  right('INTERVAL', 4, ({ completion_rate_interval: interval }) =>
    interval === null ? '-' : `${percentText(interval[0], 1)} to ${percentText(interval[1], 1)}`,
  ),
  right('FAILED', 2, ({ failed }) => exactNumber(failed)),
  right('MEDIAN', 3, ({ median_ms }) => durationText(median_ms)),
  right('P90', 5, ({ p90_ms }) => durationText(p90_ms)),
  right('SESSIONS', 6, ({ sessions }) => exactNumber(sessions)),
]

const BOTTLENECKS: readonly Column<WorkflowBottleneck>[] = [
  left('PHASE', ({ workflow_phase }) => printable(workflow_phase)),
  right('GAIN', 0, ({ gain_ms }) => formatDuration(gain_ms)),
  right('SHARE', 3, ({ gain_share }) => percentText(gain_share, 1)),
  right('SLOW', 1, ({ slow_ms }) => durationText(slow_ms)),
  right('FAILED', 2, ({ failed_ms }) => formatDuration(failed_ms)),
  { ...left<WorkflowBottleneck>('MOSTLY', ({ skill }) => printable(skill?.skill_name ?? '-')), rank: 4 },
]

const TRANSITIONS: readonly Column<WorkflowTransition>[] = [
  left('PHASES', ({ from_phase, to_phase }) => `${printable(from_phase)} → ${printable(to_phase)}`),
  right('TIMES', 0, ({ count }) => exactNumber(count)),
  right('SHARE', 1, ({ count, from_count }) => percentText(count, from_count)),
  right('MEDIAN GAP', 2, ({ median_gap_ms }) => formatDuration(median_gap_ms)),
  right('SESSIONS', 3, ({ sessions }) => exactNumber(sessions)),
]

function durationText(ms: number | null): string {
  return ms === null ? '-' : formatDuration(ms)
}

function left<Row>(heading: string, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank: 0, align: 'left', cell }
}

function right<Row>(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'right', cell }
}
