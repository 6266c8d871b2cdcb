import type { Invocation } from '@skillwatch/schema'

const FIRST_MS = Date.parse('2026-11-22T09:30:00Z')

/** A call that began `second` seconds after the first. */
export function aCall(invocation_id: string, second: number, more: Partial<Invocation> = {}): Invocation {
  return {
    invocation_id,
    kind: 'tool',
    skill_name: 'Read',
    session_id: '3f2a9c11-77aa',
    trigger: 'agent',
    invoked_at: new Date(FIRST_MS + second * 1_000).toISOString(),
    outcome: 'completed',
    completed: true,
    execution_ms: 300,
    witnesses: ['transcript'],
    ...more,
  }
}
