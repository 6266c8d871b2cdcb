import { durationBucket, type InvocationRow, type Outcome } from '@skillwatch/schema'
import type { Key } from './roll-up.ts'

/** All counters, in the order of their tables. A roll-up has the first few of them. */
export const COUNTERS = [
  'invocation_count',
  'running_count',
  'completed_count',
  'failed_count',
  'rejected_count',
  'abandoned_count',
  'execution_count',
  'execution_ms_sum',
  'elapsed_count',
  'elapsed_ms_sum',
] as const

/** The first of them, of roll-ups without durations. */
export const CALLS_BY_OUTCOME = COUNTERS.slice(0, 6)

/** Durations count once a call ran to its end: a refused or abandoned call has waited, not worked. */
export function hasDuration(outcome: Outcome): boolean {
  return outcome === 'completed' || outcome === 'failed'
}

type Ended = Pick<InvocationRow, 'outcome' | 'execution_ms' | 'elapsed_ms'>

/** What one invocation adds to `COUNTERS`. */
export function countersOf({ outcome, execution_ms, elapsed_ms }: Ended): readonly number[] {
  const values = outcomeCountersOf(outcome)
  const counts = hasDuration(outcome)
  for (const duration of [execution_ms, elapsed_ms]) {
    if (counts && duration !== null) values.push(1, duration)
    else values.push(0, 0)
  }
  return values
}

/** What one invocation adds to `CALLS_BY_OUTCOME`. */
export function outcomeCountersOf(outcome: Outcome): number[] {
  const values = [1, 0, 0, 0, 0, 0]
  values[CALLS_BY_OUTCOME.indexOf(`${outcome}_count`)] = 1
  return values
}

/** The keys of the buckets that its durations fall into. */
export function durationKeys({
  kind,
  skill_name,
  outcome,
  execution_ms,
  elapsed_ms,
}: Ended & Pick<InvocationRow, 'kind' | 'skill_name'>): readonly Key[] {
  if (!hasDuration(outcome)) return []
  const keys: Key[] = []
  if (execution_ms !== null) keys.push([kind, skill_name, 'execution', durationBucket(execution_ms)])
  if (elapsed_ms !== null) keys.push([kind, skill_name, 'elapsed', durationBucket(elapsed_ms)])
  return keys
}
