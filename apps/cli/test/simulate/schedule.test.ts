import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MODEL } from '../../src/simulate/model.ts'
import { createRandom } from '../../src/simulate/random.ts'
import { type SimulatedCall, type SimulatedEvent, simulate } from '../../src/simulate/schedule.ts'

function events(options: { ratePerS?: number; durationMs?: number; seed?: number } = {}): SimulatedEvent[] {
  const { ratePerS = 50, durationMs = 20_000, seed = 1 } = options
  return [...simulate(MODEL, { ratePerS, durationMs, random: createRandom(seed) })]
}

const started = (all: SimulatedEvent[]): SimulatedCall[] =>
  all.flatMap(({ type, call }) => (type === 'start' ? [call] : []))

test('the same seed gives the same events, another seed others', () => {
  expect(events({ seed: 7 })).toEqual(events({ seed: 7 }))
  expect(events({ seed: 7 })).not.toEqual(events({ seed: 8 }))
})

test('for any rate and seed, starts are even, events in order, and each start has one end at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer(),
      (ratePerS, durationMs, seed) => {
        const all = events({ ratePerS, durationMs, seed })
        const calls = started(all)
        expect(calls.length).toBe(Math.floor((ratePerS * durationMs) / 1_000))
        expect(calls.map((call) => call.number)).toEqual(calls.map((_, index) => index + 1))
        for (const [index, event] of all.entries())
          expect(event.atMs).toBeGreaterThanOrEqual(all[index - 1]?.atMs ?? 0)
        const ends = all.filter(({ type }) => type === 'end').map(({ call }) => call.number)
        expect(new Set(ends).size).toBe(ends.length)
        expect(ends.length).toBe(calls.filter((call) => call.durationMs !== undefined).length)
      },
    ),
    { numRuns: 30 },
  )
})

test('calls inside a sub-agent belong to its session and begin while it runs', () => {
  const calls = started(events({ ratePerS: 200 }))
  const inside = calls.filter((call) => call.parent !== undefined)
  expect(inside.length).toBeGreaterThan(10)
  for (const call of inside) {
    const parent = calls[call.parent! - 1]!
    expect(parent.kind).toBe('agent')
    expect(call.session).toBe(parent.session)
    expect(call.startMs).toBeGreaterThanOrEqual(parent.startMs)
    expect(call.startMs).toBeLessThan(parent.endMs)
  }
})

test('a thread makes its next call only after the one before has ended', () => {
  const calls = started(events({ ratePerS: 200 }))
  // Sub-agents are threads of their own.
  const threads = Map.groupBy(calls, (call) => `${call.session} ${call.parent ?? ''}`)
  for (const thread of threads.values()) {
    for (const [index, call] of thread.slice(1).entries())
      expect(call.startMs).toBeGreaterThanOrEqual(thread[index]!.endMs)
  }
})

test('shares of skills and failures follow the real ones', () => {
  const calls = started(events({ ratePerS: 1_000, durationMs: 60_000 }))
  const total = MODEL.skills.reduce((sum, skill) => sum + skill.weight, 0)
  const share = (name: string) => calls.filter((call) => call.skill_name === name).length / calls.length
  for (const skill of MODEL.skills.slice(0, 5)) {
    // Sessions of a minute are beginnings of sessions, so the shares are near, not equal.
    expect(share(skill.skill_name)).toBeGreaterThan((0.5 * skill.weight) / total)
    expect(share(skill.skill_name)).toBeLessThan((2 * skill.weight) / total)
  }
  const bash = calls.filter((call) => call.skill_name === 'Bash')
  const failedShare = bash.filter((call) => call.outcome === 'failed').length / bash.length
  expect(failedShare).toBeCloseTo(MODEL.skills[0]!.failed_rate, 1)
  expect(
    calls.filter((call) => call.outcome === 'failed').every((call) => call.error_type !== undefined),
  ).toBe(true)
})
