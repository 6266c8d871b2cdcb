import { DURATION_MS_MAX, KINDS, type Observation, OUTCOMES, WITNESSES } from '@skillwatch/schema'
import fc from 'fast-check'

/** A small valid observation of a finished call; override only the fields that the test is about. */
export function anObservation(overrides: Partial<Observation> = {}): Observation {
  return {
    skill_name: 'pdf-fill',
    session_id: 'session-1',
    outcome: 'completed',
    execution_ms: 1_500,
    ...overrides,
  }
}

export interface ObservationConstraints {
  /** Instants lie between these epoch milliseconds; by default in the first days of 2026. */
  fromMs?: number
  untilMs?: number
  /** How many invocation ids there are; few, so that observations share them. */
  invocations?: number
}

/**
 * Valid observations, with few ids, sessions and skills, so that several observations are of one
 * invocation.
 */
export function observationArbitrary(constraints: ObservationConstraints = {}): fc.Arbitrary<Observation> {
  const { fromMs = Date.UTC(2026, 0, 1), untilMs = Date.UTC(2026, 0, 4), invocations = 8 } = constraints
  const invokedAtMs = fc.integer({ min: fromMs, max: untilMs })
  const durationMs = fc.oneof(
    fc.integer({ min: 0, max: 10_000 }),
    fc.double({ min: 0, max: DURATION_MS_MAX, noNaN: true }),
  )
  return fc
    .record(
      {
        invocation_id: fc.integer({ min: 1, max: invocations }).map((number) => `invocation-${number}`),
        skill_name: fc.oneof(
          fc.constantFrom('pdf-fill', 'pdf-read', 'custom_skill', 'custom', 'deploy'),
          hostileName(),
        ),
        session_id: fc.constantFrom('session-1', 'session-2', 'session-3'),
        kind: fc.constantFrom(...KINDS),
        witness: fc.constantFrom(...WITNESSES),
        agent_name: fc.constantFrom('claude-code', 'other-agent'),
        user_id: fc.constantFrom('u-1', 'u-2'),
        trigger: fc.constantFrom('user' as const, 'agent' as const, 'nested' as const),
        invoked_at: invokedAtMs,
        outcome: fc.constantFrom(...OUTCOMES),
        execution_ms: durationMs,
        elapsed_ms: durationMs,
        error_type: fc.constantFrom('TimeoutError', '[E501] x'),
        workflow_path: fc.constantFrom('quick', 'quick.v2'),
        workflow_phase: fc.constantFrom('setup', 'execution', 'cleanup'),
        workflow_step_id: fc.constantFrom('step-1', 'step-2'),
        user_query: fc.constantFrom('fill in the form', "'; drop table skill_invocation; --"),
        alternatives_considered: fc.array(fc.constantFrom('pdf-read', 'deploy'), { maxLength: 3 }),
        selection_rank: fc.integer({ min: 1, max: 10 }),
        follow_up_actions: fc.array(fc.constantFrom('commit', 'push'), { maxLength: 3 }),
        rating: fc.integer({ min: 1, max: 5 }),
        skill_version: fc.constantFrom('1.0.0', 'sha256:abc'),
        attributes: fc.dictionary(
          fc.constantFrom('ci.branch', 'team', 'attempt'),
          fc.oneof(fc.constantFrom('main', 'dev'), fc.integer(), fc.boolean()),
        ),
      },
      { requiredKeys: ['invocation_id', 'skill_name', 'session_id'] },
    )
    .chain(withOptionalEnd)
}

/** The same observation, or one that also carries an end up to an hour after its start. */
function withOptionalEnd<T extends { invoked_at?: number | undefined }>(observation: T) {
  return fc.option(fc.integer({ min: 0, max: 3_600_000 }), { nil: undefined }).map((afterMs) => {
    const startMs = observation.invoked_at
    return afterMs === undefined || startMs === undefined
      ? observation
      : { ...observation, ended_at: startMs + afterMs }
  })
}

/**
 * Names that are allowed and that break careless code: quotes, wildcards, scripts, emoji, right-to-left
 * text.
 */
function hostileName(): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((text) => text.length <= 200 && /^[^\p{Cc}\p{Cs}]+$/u.test(text))
}
