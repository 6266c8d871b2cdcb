import type { Turn, Use, UseSummary } from '@skillwatch/schema'
import type { Work, withNested } from '../../src/uses/work.ts'

const NO_WORK = {
  calls: 0,
  failed_calls: 0,
  rejected_calls: 0,
  retried_calls: 0,
  work_ms: 0,
  responses: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_creation_tokens: 0,
  cost_usd: null,
  cost_source: 'none',
  unpriced_responses: 0,
} as const

export function someWork(more: Partial<Work> = {}): Work {
  return { ...NO_WORK, ...more }
}

/** The sums of one use; what it caused is the same with and without nested uses. */
export function someSums(work: Partial<Work> = {}, more: Partial<UseSummary> = {}): UseSummary {
  const own = someWork(work)
  return {
    kind: 'skill',
    skill_name: 'pdf-fill',
    uses: 1,
    interrupted_uses: 0,
    used_again: 0,
    ...own,
    ...nested(own),
    ...more,
  }
}

/** A use that is over; what it caused is the same with and without nested uses. */
export function aUse(work: Partial<Work> = {}, more: Partial<Use> = {}): Use {
  const own = someWork(work)
  return {
    use_id: 'use',
    kind: 'skill',
    skill_name: 'pdf-fill',
    session_id: '3f2a9c11-77aa',
    prompt_id: 'prompt',
    parent_use_id: null,
    trigger: 'agent',
    outcome: 'completed',
    began_at: '2026-11-22T09:30:00.000Z',
    ended_at: '2026-11-22T09:40:00.000Z',
    settled: true,
    interrupted: false,
    used_again: null,
    agent_name: 'claude-code',
    repository: 'invoices',
    branch: 'main',
    model: 'claude-opus-4-5',
    ...own,
    ...nested(own),
    ...more,
  }
}

export function aTurn(more: Partial<Turn> = {}): Turn {
  const { work_ms: _, ...work } = NO_WORK
  return {
    turn_id: 1,
    prompt_id: 'prompt',
    session_id: '3f2a9c11-77aa',
    began_at: '2026-11-22T09:30:00.000Z',
    last_active_at: '2026-11-22T09:30:30.000Z',
    ended_by: 'prompt',
    agent_name: 'claude-code',
    agent_version: null,
    repository: 'invoices',
    branch: 'main',
    models: [],
    uses: 0,
    calls_by_kind: {},
    ...work,
    ...more,
  }
}

type Nested = Parameters<typeof withNested>[0]

function nested(work: Work): Pick<Nested, keyof Nested & `${string}_with_nested`> {
  const entries = Object.entries(work).map(([name, value]) => [`${name}_with_nested`, value])
  return Object.fromEntries(entries)
}
