import type { KnownBefore, KnownNumbers } from './known-before.ts'
import { logit } from './logistic.ts'

/** A text that gets a coefficient of its own, as enough calls to train on have it. */
interface Level {
  readonly feature: 'previous' | 'phase'
  /** The kind of the previous call; null for a phase. */
  readonly kind: string | null
  readonly name: string
}

/** How what is known becomes numbers. All of it is taken from the calls to train on. */
export interface Encoding {
  /** The completed share, towards which shares of few calls are moved. */
  readonly share: number
  /** Of each number, in the order of `NUMBERS`. */
  readonly means: readonly number[]
  readonly deviations: readonly number[]
  readonly levels: readonly Level[]
}

interface LevelledCall {
  readonly session: number
  readonly known: KnownBefore
}

/** Weight of the share of all calls among those of a few. */
const PRIOR_CALLS = 2
const LEVELS_MAX = 10
const LEVEL_CALLS_MIN = 20
/** So that a name is not that of one session. */
const LEVEL_SESSIONS_MIN = 5
const MINUTE_MS = 60_000

/** The numbers of what is known, before they are standardised. Counts are on a log scale. */
const NUMBERS: readonly ((known: KnownNumbers, share: number) => number)[] = [
  ({ hour }) => Math.sin((2 * Math.PI * hour) / 24),
  ({ hour }) => Math.cos((2 * Math.PI * hour) / 24),
  ({ weekday }) => Math.sin((2 * Math.PI * weekday) / 7),
  ({ weekday }) => Math.cos((2 * Math.PI * weekday) / 7),
  ({ calls_24h }) => Math.log1p(calls_24h),
  ({ calls_7d }) => Math.log1p(calls_7d),
  ({ calls_24h, completed_24h }, share) => smoothedOdds(completed_24h, calls_24h, share),
  ({ calls_7d, completed_7d }, share) => smoothedOdds(completed_7d, calls_7d, share),
  ({ position }) => Math.log1p(position),
  ({ session_ms }) => Math.log1p(session_ms / MINUTE_MS),
  ({ session_calls, session_completed }, share) => smoothedOdds(session_completed, session_calls, share),
  ({ own_calls, own_completed }, share) => smoothedOdds(own_completed, own_calls, share),
  ({ previous_failed }) => previous_failed,
]

/** The log odds of (completed + 2 · share) / (calls + 2): a share of few calls is near that of all. */
function smoothedOdds(completed: number, calls: number, share: number): number {
  return logit((completed + PRIOR_CALLS * share) / (calls + PRIOR_CALLS))
}

/** @param share above 0 and below 1 */
export function encodingOf(calls: readonly LevelledCall[], share: number): Encoding {
  const columns = NUMBERS.map((number) => calls.map(({ known }) => number(known, share)))
  const means = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
  const deviations = columns.map((values, index) => {
    const variance = values.reduce((sum, value) => sum + (value - means[index]!) ** 2, 0) / values.length
    return variance < 1e-12 ? 1 : Math.sqrt(variance)
  })
  return { share, means, deviations, levels: [...levelsOf(calls, 'previous'), ...levelsOf(calls, 'phase')] }
}

/** The row of a model: standardised numbers, then 1 or 0 for each level. */
export function encode(known: KnownBefore, { share, means, deviations, levels }: Encoding): Float64Array {
  const row = new Float64Array(NUMBERS.length + levels.length)
  NUMBERS.forEach((number, index) => {
    row[index] = (number(known, share) - means[index]!) / deviations[index]!
  })
  levels.forEach((level, index) => {
    row[NUMBERS.length + index] = Number(keyOf(levelOf(known, level.feature)) === keyOf(level))
  })
  return row
}

function levelsOf(calls: readonly LevelledCall[], feature: Level['feature']): Level[] {
  const found = new Map<string, { level: Level; calls: number; sessions: Set<number> }>()
  for (const { known, session } of calls) {
    const level = levelOf(known, feature)
    if (level === null) continue
    const each = found.get(keyOf(level)) ?? { level, calls: 0, sessions: new Set() }
    each.calls += 1
    each.sessions.add(session)
    found.set(keyOf(level), each)
  }
  return [...found.entries()]
    .filter(([, each]) => each.calls >= LEVEL_CALLS_MIN && each.sessions.size >= LEVEL_SESSIONS_MIN)
    .sort(([a, x], [b, y]) => y.calls - x.calls || (a < b ? -1 : 1))
    .slice(0, LEVELS_MAX)
    .map(([, { level }]) => level)
}

function levelOf({ previous, workflow_phase }: KnownBefore, feature: Level['feature']): Level | null {
  if (feature === 'phase')
    return workflow_phase === null ? null : { feature, kind: null, name: workflow_phase }
  return previous === null ? null : { feature, kind: previous.kind, name: previous.skill_name }
}

/** Names never contain NUL. */
function keyOf(level: Level | null): string {
  return level === null ? '' : `${level.feature}\0${level.kind}\0${level.name}`
}
