import type { Observation } from '@skillwatch/schema'
import type { Model, ModelSkill, Quantiles, Weights } from './model.ts'

const QUANTILE_STEPS = 20
/** A skill with fewer samples uses those of its kind, or of all skills. */
const SAMPLES_MIN = 5
/**
 * Calls at the overall rate added to each skill's own, so that one failed call of one is not a rate of 100
 * %.
 */
const PRIOR_CALLS = 5

interface Call {
  key: string
  thread: string
  startMs: number
  endMs: number
  observation: Observation
}

interface Pair {
  readonly previous: Call
  readonly next: Call
}

/** The calls of all skills, from which a skill with few calls borrows. */
interface Pool {
  readonly calls: readonly Call[]
  readonly pairs: readonly Pair[]
  /** Index of each skill in the model. */
  readonly indexes: ReadonlyMap<string, number>
}

/** Fits distributions of ended calls: which skill, which one next, pause, duration and outcome. */
export function fitModel(observations: readonly Observation[]): Model {
  const calls = observations.map(toCall)
  const threads = [...Map.groupBy(calls, (call) => call.thread).values()].map((thread) =>
    thread.sort(byStart),
  )
  const byKey = [...Map.groupBy(calls, (call) => call.key)].sort(
    ([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1),
  )
  const indexes = new Map(byKey.map(([key], index) => [key, index]))
  const pairs = threads.flatMap((thread) =>
    thread.slice(1).map((next, index) => ({ previous: thread[index]!, next })),
  )
  return {
    fitted_to: { threads: threads.length, calls: calls.length },
    thread_calls: quantiles(threads.map((thread) => thread.length)),
    skills: byKey.map(([, own]) => fitSkill(own, { calls, pairs, indexes })),
  }
}

function fitSkill(own: readonly Call[], pool: Pool): ModelSkill {
  const { key, observation } = own[0]!
  const following = pool.pairs.filter(({ previous }) => previous.key === key)
  return {
    kind: observation.kind!,
    skill_name: observation.skill_name,
    tool_name: (observation.attributes?.['gen_ai.tool.name'] as string | undefined) ?? null,
    weight: own.length,
    next: countBy(following.map(({ next }) => String(pool.indexes.get(next.key)!))),
    gap_ms: fitGaps(following, own[0]!, pool),
    duration_ms: fitDurations(own, pool),
    failed_rate: rate(own, pool.calls, 'failed'),
    rejected_rate: rate(own, pool.calls, 'rejected'),
    error_types: countBy(errorTypes(own)),
  }
}

function fitGaps(following: readonly Pair[], call: Call, { pairs }: Pool): Quantiles {
  const alike = pairs.filter(({ previous }) => isAlike(previous, call))
  return quantiles(enough(gaps(following), gaps(alike), gaps(pairs)))
}

/** Null for a skill whose calls have no end of their own. */
function fitDurations(own: readonly Call[], { calls }: Pool): Quantiles | null {
  if (durations(own).length === 0) return null
  const alike = calls.filter((call) => isAlike(call, own[0]!))
  return quantiles(enough(durations(own), durations(alike), durations(calls)))
}

function isAlike(a: Call, b: Call): boolean {
  return a.observation.kind === b.observation.kind
}

function gaps(pairs: readonly Pair[]): number[] {
  return pairs.map(({ previous, next }) => Math.max(0, next.startMs - previous.endMs))
}

function durations(calls: readonly Call[]): number[] {
  return calls.flatMap(({ observation }) => observation.elapsed_ms ?? [])
}

function errorTypes(calls: readonly Call[]): string[] {
  return calls.flatMap(({ observation: { outcome, error_type } }) =>
    outcome === 'failed' ? (error_type ?? []) : [],
  )
}

function toCall(observation: Observation): Call {
  const startMs = Date.parse(observation.invoked_at as string)
  return {
    key: `${observation.kind} ${observation.skill_name}`,
    thread: `${observation.session_id} ${observation.attributes?.['gen_ai.agent.id'] ?? ''}`,
    startMs,
    endMs: observation.ended_at === undefined ? startMs : Date.parse(observation.ended_at as string),
    observation,
  }
}

function byStart(a: Call, b: Call): number {
  return a.startMs - b.startMs
}

function enough(...pools: readonly number[][]): number[] {
  return pools.find((pool) => pool.length >= SAMPLES_MIN) ?? pools.at(-1)!
}

/** The rate, shrunk towards the overall rate (a beta prior with that mean). */
function rate(own: readonly Call[], all: readonly Call[], outcome: 'failed' | 'rejected'): number {
  const count = (some: readonly Call[]) =>
    some.filter(({ observation }) => observation.outcome === outcome).length
  return rounded((count(own) + (PRIOR_CALLS * count(all)) / all.length) / (own.length + PRIOR_CALLS))
}

/** Interpolated between order statistics (Hyndman and Fan 1996, type 7). */
function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b)
  return Array.from({ length: QUANTILE_STEPS + 1 }, (_, step) => {
    const position = (step / QUANTILE_STEPS) * (sorted.length - 1)
    const index = Math.floor(position)
    const low = sorted[index] ?? 0
    return Math.round(low + ((sorted[index + 1] ?? low) - low) * (position - index))
  })
}

function countBy(names: readonly string[]): Weights {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function rounded(value: number): number {
  return Number(value.toFixed(5))
}
