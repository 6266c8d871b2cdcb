import { durationBucket, type InvocationRow } from '@skillwatch/schema'
import { floorTo, HOUR_MS, MINUTE_MS } from '../time.ts'
import { CALLS_BY_OUTCOME, COUNTERS, countersOf, durationKeys, outcomeCountersOf } from './call-counters.ts'
import type { Key, RollUp } from './roll-up.ts'

/** The columns of an invocation that roll-ups count. */
export type CountedRow = Pick<
  InvocationRow,
  | 'kind'
  | 'skill_name'
  | 'session_id'
  | 'agent_name'
  | 'user_hash'
  | 'workflow_phase'
  | 'model'
  | 'repository'
  | 'branch'
  | 'invoked_at_ms'
  | 'ended_at_ms'
  | 'outcome'
  | 'execution_ms'
  | 'elapsed_ms'
  | 'witnesses'
  | 'live_series_id'
  | 'live_execution_ms'
>

const CALLS = COUNTERS.slice(0, 1)
const LIVE_COUNTERS = ['invocation_count', 'execution_count', 'execution_ms_sum'] as const

/** How long minute rows are kept: the 24 hours of the longest window and one hour for its edge. */
const MINUTE_ROWS_KEPT_MS = 25 * HOUR_MS

const invoked = { from: ['invoked_at_ms'] } as const

const DEFAULTS = {
  isKeyedByProject: true,
  source: 'skill_invocation',
  counters: CALLS,
  valuesOf: () => ONE,
  extremes: [],
  extremesOf: () => [],
} as const satisfies Partial<RollUp<CountedRow>>

type Declaration<Row> = Pick<RollUp<Row>, 'table' | 'key' | 'keysOf'> & Partial<RollUp<Row>>

/** A roll-up whose functions see the columns that it reads, and no others. */
function reading<Column extends keyof CountedRow>(
  reads: readonly Column[],
  declaration: Declaration<Pick<CountedRow, Column>>,
): RollUp<CountedRow> {
  return { ...DEFAULTS, ...declaration, reads }
}

const OUTCOME = ['outcome'] as const
const DURATIONS = [...OUTCOME, 'execution_ms', 'elapsed_ms'] as const
const SKILL = ['kind', 'skill_name'] as const
const LABELS = ['invoked_at_ms', 'agent_name', 'model', 'repository', 'branch'] as const
const LABEL_KEY = ['hour_at_ms', 'agent_name', 'model', 'repository', 'branch'] as const

const byOutcome = {
  counters: CALLS_BY_OUTCOME,
  valuesOf: ({ outcome }: Pick<CountedRow, 'outcome'>) => outcomeCountersOf(outcome),
}

const withFailures = {
  counters: ['invocation_count', 'failed_count'],
  valuesOf: ({ outcome }: Pick<CountedRow, 'outcome'>) => (outcome === 'failed' ? FAILED : NOT_FAILED),
}

/** Roll-ups of invocations. */
export const ROLL_UPS: readonly RollUp<CountedRow>[] = [
  reading([...SKILL, ...DURATIONS, 'invoked_at_ms'], {
    table: 'skill_metrics',
    key: SKILL,
    counters: COUNTERS,
    extremes: [
      { ...invoked, column: 'first_invoked_at_ms', of: 'min' },
      { ...invoked, column: 'last_invoked_at_ms', of: 'max' },
    ],
    extremesOf: ({ invoked_at_ms }) => [invoked_at_ms, invoked_at_ms],
    keysOf: ({ kind, skill_name }) => [[kind, skill_name]],
    valuesOf: countersOf,
  }),
  reading([...SKILL, ...DURATIONS, 'invoked_at_ms'], {
    table: 'skill_time_series',
    key: [...SKILL, 'hour_at_ms'],
    counters: COUNTERS,
    keysOf: (row) => [[row.kind, row.skill_name, floorTo(row.invoked_at_ms, HOUR_MS)]],
    valuesOf: countersOf,
  }),
  reading([...SKILL, ...OUTCOME, 'invoked_at_ms'], {
    ...byOutcome,
    table: 'skill_metrics_cache',
    key: ['minute_at_ms', ...SKILL],
    keysOf: (row) => [[floorTo(row.invoked_at_ms, MINUTE_MS), row.kind, row.skill_name]],
    keptMs: MINUTE_ROWS_KEPT_MS,
  }),
  reading([...SKILL, ...DURATIONS], {
    table: 'skill_duration_bucket',
    key: [...SKILL, 'measure', 'bucket'],
    keysOf: durationKeys,
  }),
  reading(['session_id', ...OUTCOME, 'invoked_at_ms', 'ended_at_ms'], {
    ...byOutcome,
    table: 'session',
    key: ['session_id'],
    extremes: [
      { ...invoked, column: 'first_invoked_at_ms', of: 'min' },
      { column: 'last_active_at_ms', of: 'max', from: ['invoked_at_ms', 'ended_at_ms'] },
    ],
    extremesOf: ({ invoked_at_ms, ended_at_ms }) => [
      invoked_at_ms,
      Math.max(invoked_at_ms, ended_at_ms ?? invoked_at_ms),
    ],
    keysOf: ({ session_id }) => [[session_id]],
  }),
  reading(['session_id', ...SKILL], {
    table: 'session_skills',
    key: ['session_id', ...SKILL],
    keysOf: ({ session_id, kind, skill_name }) => [[session_id, kind, skill_name]],
  }),
  reading([...LABELS, ...OUTCOME], {
    ...withFailures,
    table: 'call_usage',
    key: LABEL_KEY,
    keysOf: (row) => [labelKey(row)],
  }),
  reading(['session_id', ...LABELS, ...OUTCOME], {
    ...withFailures,
    table: 'session_call_usage',
    key: ['session_id', ...LABEL_KEY],
    keysOf: (row) => [[row.session_id, ...labelKey(row)]],
  }),
  reading(['user_hash', 'session_id'], {
    table: 'session_user',
    key: ['user_hash', 'session_id'],
    keysOf: ({ user_hash, session_id }) => (user_hash === null ? [] : [[user_hash, session_id]]),
  }),
  reading(['user_hash', ...SKILL, ...OUTCOME], {
    ...byOutcome,
    table: 'skill_user_interactions',
    key: ['user_hash', ...SKILL],
    keysOf: ({ user_hash, kind, skill_name }) => (user_hash === null ? [] : [[user_hash, kind, skill_name]]),
  }),
  reading(['workflow_phase', ...SKILL, ...OUTCOME], {
    ...byOutcome,
    table: 'skill_phase_metrics',
    key: ['workflow_phase', ...SKILL],
    keysOf: ({ workflow_phase, kind, skill_name }) =>
      workflow_phase === null ? [] : [[workflow_phase, kind, skill_name]],
  }),
  reading(['agent_name', 'session_id'], {
    table: 'session_agent',
    key: ['agent_name', 'session_id'],
    keysOf: ({ agent_name, session_id }) => (agent_name === null ? [] : [[agent_name, session_id]]),
  }),
  reading(['session_id', 'kind', 'outcome', 'witnesses'], {
    table: 'session_witness',
    key: ['session_id', 'kind', 'outcome', 'witnesses'],
    keysOf: ({ session_id, kind, outcome, witnesses }) => [[session_id, kind, outcome, witnesses]],
  }),
  reading(['witnesses', 'outcome'], {
    table: 'witness_outcome',
    key: ['witness', 'outcome'],
    keysOf: ({ witnesses, outcome }) => witnesses.split(',').map((witness) => [witness, outcome]),
  }),
  reading(['live_series_id', 'live_execution_ms'], {
    table: 'skill_live_series',
    key: ['series_id'],
    isKeyedByProject: false,
    counters: LIVE_COUNTERS,
    keysOf: ({ live_series_id }) => (live_series_id === null ? [] : [[live_series_id]]),
    valuesOf: ({ live_execution_ms }) =>
      live_execution_ms === null ? [1, 0, 0] : [1, 1, live_execution_ms],
    onlyGrows: true,
  }),
  reading(['live_series_id', 'live_execution_ms'], {
    table: 'skill_live_bucket',
    key: ['series_id', 'bucket'],
    isKeyedByProject: false,
    keysOf: ({ live_series_id, live_execution_ms }) =>
      live_series_id === null || live_execution_ms === null
        ? []
        : [[live_series_id, durationBucket(live_execution_ms)]],
    onlyGrows: true,
  }),
]

const ONE: readonly number[] = [1]
const FAILED: readonly number[] = [1, 1]
const NOT_FAILED: readonly number[] = [1, 0]

/** A label that is unknown is empty in a key. */
function labelKey({
  invoked_at_ms,
  agent_name,
  model,
  repository,
  branch,
}: Pick<CountedRow, (typeof LABELS)[number]>): Key {
  return [floorTo(invoked_at_ms, HOUR_MS), agent_name ?? '', model ?? '', repository ?? '', branch ?? '']
}

/** The oldest minute whose row is kept at this instant. */
export function oldestMinute(nowMs: number): number {
  return Math.ceil((nowMs - MINUTE_ROWS_KEPT_MS) / MINUTE_MS) * MINUTE_MS
}
