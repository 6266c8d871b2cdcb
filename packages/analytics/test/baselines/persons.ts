import fc from 'fast-check'
import type { PersonCalls } from '../../src/baselines/persons.ts'

/** What a person did with a skill: 10 calls of 2 seconds, all completed, unless the test says otherwise. */
export function aPerson(user_hash: string | null, more: Partial<PersonCalls> = {}): PersonCalls {
  const invocation_count = more.invocation_count ?? 10
  return {
    kind: 'skill',
    skill_name: 'plan',
    user_hash,
    invocation_count,
    completed_count: invocation_count,
    duration_count: invocation_count,
    duration_ms_sum: invocation_count * 2_000,
    phase_counts: { setup: invocation_count },
    ...more,
  }
}

/** So many persons who did the same. */
export function persons(count: number, more: Partial<PersonCalls> = {}): PersonCalls[] {
  return Array.from({ length: count }, (_, index) => aPerson(`person ${index}`, more))
}

/** Anything that one person may have done with a skill. */
export function callsOf(user_hash: string, skill_name = 'plan'): fc.Arbitrary<PersonCalls> {
  const counts = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_000 }))
  const parts = fc.record({
    invocation_count: counts,
    completed: fc.double({ min: 0, max: 1, noNaN: true }),
    measured: fc.double({ min: 0, max: 1, noNaN: true }),
    mean_ms: fc.constantFrom(0, 0.4, 40, 900, 1_000, 2_000, 4_999, 5_000, 3e7),
    phase: fc.constantFrom('setup', 'execution'),
  })
  return parts.map(({ invocation_count, completed, measured, mean_ms, phase }) => {
    const duration_count = Math.round(measured * invocation_count)
    return aPerson(user_hash, {
      ...{ skill_name, invocation_count, duration_count },
      completed_count: Math.round(completed * invocation_count),
      duration_ms_sum: duration_count * mean_ms,
      phase_counts: { [phase]: invocation_count },
    })
  })
}
