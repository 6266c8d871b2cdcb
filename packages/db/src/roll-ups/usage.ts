import type { ApiRequestTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'
import { floorTo, HOUR_MS } from '../time.ts'
import type { Key, RollUp } from './roll-up.ts'

/** The columns of a request to a model that roll-ups count. */
export type CountedApiRequest = Pick<Selectable<ApiRequestTable>, (typeof COUNTED_REQUEST_COLUMNS)[number]>

export const TOKEN_COLUMNS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
] as const

const LABELS = ['agent_name', 'model', 'repository', 'branch'] as const

export const COUNTED_REQUEST_COLUMNS = [
  'session_id',
  'requested_at_ms',
  ...LABELS,
  ...TOKEN_COLUMNS,
  'cost_usd',
] as const

const MICRO_USD_PER_USD = 1_000_000

const perHour = {
  isKeyedByProject: true,
  source: 'api_request',
  reads: COUNTED_REQUEST_COLUMNS,
  counters: ['request_count', ...TOKEN_COLUMNS, 'cost_micro_usd'],
  valuesOf: (row) => [
    1,
    ...TOKEN_COLUMNS.map((column) => row[column] ?? 0),
    Math.round((row.cost_usd ?? 0) * MICRO_USD_PER_USD),
  ],
  extremes: [],
  extremesOf: () => [],
} as const satisfies Partial<RollUp<CountedApiRequest>>

/** Roll-ups of requests to models. */
export const API_REQUEST_ROLL_UPS: readonly RollUp<CountedApiRequest>[] = [
  {
    ...perHour,
    table: 'api_usage',
    key: ['hour_at_ms', ...LABELS, 'cost_source'],
    keysOf: (row) => [hourKey(row)],
  },
  {
    ...perHour,
    table: 'session_usage',
    key: ['session_id', 'hour_at_ms', ...LABELS, 'cost_source'],
    keysOf: (row) => [[row.session_id, ...hourKey(row)]],
  },
]

/** A label that is unknown is empty in a key. */
function hourKey(row: CountedApiRequest): Key {
  const labels = LABELS.map((label) => row[label] ?? '')
  return [floorTo(row.requested_at_ms, HOUR_MS), ...labels, row.cost_usd === null ? 'none' : 'reported']
}
