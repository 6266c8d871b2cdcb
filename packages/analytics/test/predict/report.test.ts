import fc from 'fast-check'
import { expect, test } from 'vitest'
import { START_MS, simulatedSessions, WINDOW } from '../../eval/sessions.ts'
import { predictionReport, type SessionCall } from '../../src/index.ts'
import { type KnownBefore, predictCall } from '../../src/predict/index.ts'
import { expectFinite } from '../oracles.ts'

const KNOWN: KnownBefore = {
  ...{ hour: 12, weekday: 2, calls_24h: 10, completed_24h: 6, calls_7d: 70, completed_7d: 42 },
  ...{ position: 0, session_ms: 0, session_calls: 0, session_completed: 0, own_calls: 0, own_completed: 0 },
  ...{ previous_failed: 0, previous: null, workflow_phase: 'setup' },
}

test('where the phase decides, the model is better than the base rate, and follows the phase', () => {
  const sessions = simulatedSessions({
    seed: 1,
    sessions: 500,
    completes: ({ phase }) => (phase === 'setup' ? 0.9 : 0.4),
  })
  const [skill] = predictionReport(sessions, WINDOW).predictions
  expect(skill).toMatchObject({ verdict: 'better than the base rate', lacks: null })
  const { judgement } = skill!
  expect(judgement!.brier).toBeLessThan(judgement!.base_brier)
  expect(judgement!.auc).toBeGreaterThan(0.7)
  expect(judgement!.calibration_error).toBeLessThan(0.1)
  const setup = predictCall(skill!, KNOWN)
  const execution = predictCall(skill!, { ...KNOWN, workflow_phase: 'execution' })
  expect(setup.source).toBe('model')
  expect(setup.probability).toBeGreaterThan(0.8)
  expect(execution.probability).toBeLessThan(0.55)
  expect(setup.interval![0]).toBeLessThan(0.9)
  expect(setup.interval![1]).toBeGreaterThan(0.85)
})

test('what a session did before shows in later calls of that session', () => {
  const sessions = simulatedSessions({
    seed: 2,
    sessions: 600,
    completes: ({ badSession }) => (badSession ? 0.1 : 0.95),
  })
  const [skill] = predictionReport(sessions, WINDOW).predictions
  expect(skill!.verdict).toBe('better than the base rate')
  const past = { ...KNOWN, position: 3, session_ms: 900_000, session_calls: 3, own_calls: 3 }
  const failing = predictCall(skill!, {
    ...past,
    session_completed: 0,
    own_completed: 0,
    previous_failed: 1,
  })
  const working = predictCall(skill!, { ...past, session_completed: 3, own_completed: 3 })
  expect(working.probability - failing.probability).toBeGreaterThan(0.4)
})

test('where nothing is known before a call, the answer is the base rate, and says so', () => {
  const verdicts = Array.from({ length: 20 }, (_, seed) => {
    const [skill] = predictionReport(
      simulatedSessions({ seed, sessions: 300, completes: () => 0.8 }),
      WINDOW,
    ).predictions
    const { probability, source } = predictCall(skill!, KNOWN)
    if (source === 'base rate') expect(probability).toBe(skill!.base_rate)
    return skill!.verdict
  })
  // By chance, one in forty passes the bound of 2.5%.
  expect(verdicts.filter((verdict) => verdict === 'no better than the base rate').length).toBeGreaterThan(17)
})

test('the same calls in another order of sessions give the same report', () => {
  const sessions = simulatedSessions({
    seed: 3,
    sessions: 250,
    completes: ({ hour }) => (hour < 12 ? 0.9 : 0.5),
  })
  const ordered = predictionReport(sessions, WINDOW)
  expect(
    predictionReport(
      sessions.map((calls) => calls.toReversed()),
      WINDOW,
    ),
  ).toEqual(ordered)
})

test.each<[string, number, () => number, string]>([
  ['few calls', 20, () => 0.5, 'calls'],
  ['calls that all complete', 300, () => 1, 'calls of the rarer outcome'],
  ['calls that all fail', 300, () => 0, 'calls of the rarer outcome'],
])(
  '%s are not enough data: the base rate stands, and what lacks is named',
  (_, sessions, completes, unit) => {
    const [skill] = predictionReport(simulatedSessions({ seed: 4, sessions, completes }), WINDOW).predictions
    expect(skill).toMatchObject({
      verdict: 'not enough data',
      judgement: null,
      model: null,
      lacks: { unit },
    })
    expect(skill!.base_rate).toBe(skill!.completed / skill!.calls)
    expect(predictCall(skill!, KNOWN)).toMatchObject({ source: 'base rate', probability: skill!.base_rate })
  },
)

test('one session with all calls cannot be judged on others', () => {
  const calls = simulatedSessions({ seed: 5, sessions: 200, completes: () => 0.5 }).flat()
  const [skill] = predictionReport([calls], WINDOW).predictions
  expect(skill).toMatchObject({ verdict: 'not enough data', base_rate_interval: null })
})

test('a model never sees the time on which it is judged', () => {
  // The phase means the opposite in the last fifth, which no model of earlier time can know.
  const sessions = simulatedSessions({
    seed: 6,
    sessions: 500,
    completes: ({ phase }) => (phase === 'setup' ? 0.95 : 0.3),
  })
  const turned = sessions.map((calls, index): SessionCall[] =>
    index < 400
      ? calls
      : calls.map((call) => ({
          ...call,
          workflow_phase: call.workflow_phase === 'setup' ? 'execution' : 'setup',
        })),
  )
  const [skill] = predictionReport(turned, WINDOW).predictions
  expect(skill!.verdict).toBe('no better than the base rate')
  expect(skill!.judgement!.brier_skill).toBeLessThan(0)
})

test('no outcome changes what is known before the call or before others that it did not precede', () => {
  const sessions = simulatedSessions({
    seed: 7,
    sessions: 300,
    completes: ({ phase }) => (phase === 'setup' ? 0.9 : 0.4),
  })
  const { model } = predictionReport(sessions, WINDOW).predictions[0]!
  const changedLast = sessions.map((calls, index) =>
    index === sessions.length - 1 ? calls.map((call) => ({ ...call, outcome: 'failed' })) : calls,
  )
  expect(predictionReport(changedLast, WINDOW).predictions[0]!.model).toEqual(model)
})

test('no history gives a number that is not finite', () => {
  const call = fc.record({
    kind: fc.constant('skill'),
    skill_name: fc.constantFrom('a', 'b'),
    workflow_phase: fc.constantFrom(null, 'setup'),
    invoked_at_ms: fc.integer({ min: START_MS, max: START_MS + 100_000_000 }),
    ended_at_ms: fc.option(fc.integer({ min: START_MS, max: START_MS + 200_000_000 })),
    outcome: fc.constantFrom('completed', 'failed', 'rejected', 'running'),
  })
  fc.assert(
    fc.property(fc.array(fc.array(call, { minLength: 1, maxLength: 30 }), { maxLength: 60 }), (sessions) => {
      const { predictions } = predictionReport(sessions, WINDOW)
      expectFinite(predictions)
      for (const skill of predictions) expectFinite(predictCall(skill, KNOWN))
    }),
    { numRuns: 30 },
  )
})
