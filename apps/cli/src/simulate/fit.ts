import type { Observation } from '@skillwatch/schema'
import type { Model, ModelSkill, Quantiles, Weights } from './model.ts'

const QUANTILE_STEPS = 20
/** With fewer samples of its own a skill borrows those of its kind, or of all. */
const SAMPLES_MIN = 5
/** Calls at the overall rate that are added to each skill's own: one failed call of one is no failure rate of 100 %. */
const PRIOR_CALLS = 5

interface Call {
  key: string
  thread: string
  startMs: number
  endMs: number
  observation: Observation
}

/** Distributions of finished calls: what is called, what follows, after which pause, for how long, with what outcome. */
export function fitModel(observations: readonly Observation[]): Model {
  const calls = observations.map(toCall)
  const threads = [...Map.groupBy(calls, (call) => call.thread).values()].map((thread) =>
    thread.sort(byStart),
  )
  const byKey = new Map(
    [...Map.groupBy(calls, (call) => call.key)].sort(
      ([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1),
    ),
  )
  const indexes = new Map([...byKey.keys()].map((key, index) => [key, index]))
  const pairs = threads.flatMap((thread) =>
    thread.slice(1).map((next, index) => ({ previous: thread[index]!, next })),
  )
  return {
    fitted_to: { threads: threads.length, calls: calls.length },
    thread_calls: quantiles(threads.map((thread) => thread.length)),
    skills: [...byKey].map(([key, own]) => fitSkill(key, own, calls, pairs, indexes)),
  }
}

function fitSkill(
  key: string,
  own: readonly Call[],
  all: readonly Call[],
  pairs: readonly { previous: Call; next: Call }[],
  indexes: ReadonlyMap<string, number>,
): ModelSkill {
  const { kind, skill_name, attributes } = own[0]!.observation
  const isAlike = (call: Call) => call.observation.kind === kind
  const following = pairs.filter(({ previous }) => previous.key === key)
  const gaps = (some: typeof pairs) =>
    some.map(({ previous, next }) => Math.max(0, next.startMs - previous.endMs))
  const ended = all.filter((call) => call.observation.elapsed_ms !== undefined)
  const durations = (some: readonly Call[]) => some.flatMap((call) => call.observation.elapsed_ms ?? [])
  return {
    kind: kind!,
    skill_name,
    tool_name: (attributes?.['gen_ai.tool.name'] as string | undefined) ?? null,
    weight: own.length,
    next: countBy(following.map(({ next }) => String(indexes.get(next.key)!))),
    gap_ms: quantiles(
      enough(gaps(following), gaps(pairs.filter(({ previous }) => isAlike(previous))), gaps(pairs)),
    ),
    duration_ms:
      durations(own).length === 0
        ? null
        : quantiles(enough(durations(own), durations(ended.filter(isAlike)), durations(ended))),
    failed_rate: rate(own, all, 'failed'),
    rejected_rate: rate(own, all, 'rejected'),
    error_types: countBy(
      own.flatMap(({ observation }) =>
        observation.outcome === 'failed' ? (observation.error_type ?? []) : [],
      ),
    ),
  }
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

/** Shrunk towards the overall rate (a beta prior with its mean). */
function rate(own: readonly Call[], all: readonly Call[], outcome: 'failed' | 'rejected'): number {
  const count = (some: readonly Call[]) =>
    some.filter(({ observation }) => observation.outcome === outcome).length
  return rounded((count(own) + (PRIOR_CALLS * count(all)) / all.length) / (own.length + PRIOR_CALLS))
}

/** Linear between order statistics (Hyndman and Fan 1996, type 7). */
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
