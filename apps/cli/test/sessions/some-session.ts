import type { SessionSummary, UsageSums } from '@skillwatch/schema'
import { sumOf } from '../../src/usage/rows.ts'

export function aSession(more: Partial<SessionSummary> = {}): SessionSummary {
  return {
    session_id: '3f2a9c11-77aa-4c1e-9d3e-0123456789ab',
    invocation_count: 42,
    running_count: 1,
    completed_count: 38,
    failed_count: 3,
    rejected_count: 0,
    abandoned_count: 0,
    first_invoked_at: '2026-11-22T09:30:00.000Z',
    last_active_at: '2026-11-22T11:02:13.000Z',
    usage: someUsage(),
    ...more,
  }
}

export function someUsage(more: Partial<UsageSums> = {}): UsageSums {
  return {
    calls: 0,
    failed_calls: 0,
    responses: 12,
    input_tokens: 12_300,
    output_tokens: 4_560,
    cache_read_tokens: 1_200_000,
    cache_creation_tokens: 30_000,
    cost_usd: 1.25,
    cost_source: 'estimated',
    unpriced_responses: 0,
    ...more,
  }
}

/** The usage of a session without a known response. */
export const NO_USAGE = sumOf([])
