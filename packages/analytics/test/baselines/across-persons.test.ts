import fc from 'fast-check'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { acrossPersons, type SkillAcrossPersons } from '../../src/baselines/across-persons.ts'
import { type PersonCalls, USES_MIN } from '../../src/baselines/persons.ts'
import { amountStep, rateStep } from '../../src/baselines/rounding.ts'
import { expectFinite } from '../oracles.ts'
import { aPerson, callsOf, persons } from './persons.ts'

test('five persons with five uses each have a baseline, and one person or one use fewer has none', () => {
  expect(acrossPersons(persons(5, { invocation_count: 5 }))).toEqual({
    total_users: 5,
    total_invocations: 20,
    global_completion_rate: 1,
    completion_rate_interval: [0.462, 1],
    global_avg_duration_seconds: 2,
    most_common_workflow_phase: 'setup',
  })
  expect(acrossPersons(persons(4, { invocation_count: 1_000 }))).toEqual({ withheld: 'too_few_persons' })
  const almost = [...persons(4), aPerson('rare', { invocation_count: 4 })]
  expect(acrossPersons(almost)).toEqual({ withheld: 'too_few_persons' })
  expect(acrossPersons([])).toEqual({ withheld: 'too_few_persons' })
})

test('calls without a user make no person, however many they are', () => {
  const withAnonymous = [...persons(5), aPerson(null, { invocation_count: 1_000, completed_count: 0 })]
  expect(acrossPersons(withAnonymous)).toEqual(acrossPersons(persons(5)))
  expect(acrossPersons([...persons(4), aPerson(null)])).toEqual({ withheld: 'too_few_persons' })
})

test('a skill of which one person made more than half of the calls is withheld', () => {
  const withHalf = [...persons(4), aPerson('most', { invocation_count: 40 })]
  expect(acrossPersons(withHalf)).toMatchObject({ total_users: 5 })
  const withMore = [...persons(4), aPerson('most', { invocation_count: 41 })]
  expect(acrossPersons(withMore)).toEqual({ withheld: 'mostly_one_person' })
})

test('each person counts once in the rate, however many calls they have', () => {
  const busy = aPerson('busy', { invocation_count: 90, completed_count: 0 })
  expect(acrossPersons([...persons(9), busy])).toMatchObject({ global_completion_rate: 0.9 })
})

/**
 * Python 3, Wilson's formula with z = 1.959963984540054: 0.4629 to 0.9895 for a share of 0.9 in 5, and
 * 0.0105 to 0.5371 for one of 0.1. The rounding to steps of 0.2 adds 0.1 on either side.
 */
test.each([
  ['nothing', 0, [0, 0.538]],
  ['everything', 10, [0.462, 1]],
])('five persons who complete %s have a rate with an interval', (_, completed_count, interval) => {
  expect(acrossPersons(persons(5, { completed_count }))).toMatchObject({
    global_completion_rate: completed_count / 10,
    completion_rate_interval: interval,
  })
})

test('durations need five persons with five of them, and persons who are alike', () => {
  const shown = (durations: readonly number[], duration_count = 10) => {
    const rows = durations.map((ms, index) =>
      aPerson(`${index}`, { duration_count, duration_ms_sum: ms * duration_count }),
    )
    const answer = acrossPersons(rows)
    return 'withheld' in answer ? answer : answer.global_avg_duration_seconds
  }
  expect(shown([1, 1_000, 2_100, 3_000, 1e9])).toBe(2)
  expect(shown([1, 900, 1_000, 2_100, 3_000, 1e9])).toBe(1)
  expect(shown([0, 0, 0.5, 0.9, 1])).toBe(0)
  expect(shown([2_000, 2_000, 2_000, 2_000, 2_000], 4)).toBeNull()
  expect(shown([1, 400, 2_100, 3_000, 1e9])).toBeNull()
  expect(shown([1, 1_000, 2_100, 30_000, 1e9])).toBeNull()
})

test('a phase is named when five persons name it, and two more than any other', () => {
  const shown = (...phases: string[]) => {
    const rows = phases.map((phase, index) =>
      aPerson(`${index}`, { phase_counts: { other: 1, [phase]: 2 } }),
    )
    return (acrossPersons(rows) as SkillAcrossPersons).most_common_workflow_phase
  }
  expect(shown('a', 'a', 'a', 'a', 'b')).toBeNull()
  expect(shown('a', 'a', 'a', 'a', 'a', 'b', 'b', 'b')).toBe('a')
  expect(shown('a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'b')).toBeNull()
  expect(acrossPersons(persons(5, { phase_counts: {} }))).toMatchObject({ most_common_workflow_phase: null })
})

test('counts of 1e12 calls give finite numbers', () => {
  const answer = acrossPersons(persons(1_000, { invocation_count: 1e12, completed_count: 1 }))
  expectFinite(answer)
  expect(answer).toMatchObject({ total_invocations: 1e15, total_users: 1_000, global_completion_rate: 0 })
})

/** Persons, and the same persons of whom one is there or not, or has other calls. */
const beforeAndAfter = fc
  .integer({ min: 4, max: 25 })
  .chain((count) =>
    fc.tuple(
      fc.tuple(...Array.from({ length: count }, (_, index) => callsOf(`${index}`))),
      fc.option(callsOf('one'), { nil: undefined }),
      fc.option(callsOf('one'), { nil: undefined }),
    ),
  )

const withOne = (rows: readonly PersonCalls[], one: PersonCalls | undefined) => (one ? [...rows, one] : rows)

test('the calls of one person change no number by more than its rounding, and no phase to another', () => {
  let shown = 0
  fc.assert(
    fc.property(beforeAndAfter, ([others, before, after]) => {
      const [a, b] = [acrossPersons(withOne(others, before)), acrossPersons(withOne(others, after))]
      expectFinite(a)
      if ('withheld' in a || 'withheld' in b) return
      shown += 1
      expectOneStep(a, b)
    }),
    { numRuns: 3_000 },
  )
  expect(shown).toBeGreaterThan(1_000)
})

test('at the edge of each step one person still changes the rate by one step', () => {
  // The largest change that one person can make: from nothing to everything.
  for (const count of [4, 5, 8, 9, 10, 18, 19, 20, 98, 99, 100]) {
    for (let full = 0; full <= count; full += 1) {
      const others = persons(count).map((row, index) => ({ ...row, completed_count: index < full ? 10 : 0 }))
      const answers = [undefined, 0, 10].map((completed_count) =>
        acrossPersons(
          withOne(others, completed_count === undefined ? undefined : aPerson('one', { completed_count })),
        ),
      )
      for (const a of answers)
        for (const b of answers) if (!('withheld' in a || 'withheld' in b)) expectOneStep(a, b)
    }
  }
})

function expectOneStep(a: SkillAcrossPersons, b: SkillAcrossPersons): void {
  const rateStepMax = Math.max(rateStep(a.total_users), rateStep(b.total_users))
  expect(Math.abs(a.total_users - b.total_users)).toBeLessThanOrEqual(5)
  expect(Math.abs(a.global_completion_rate - b.global_completion_rate)).toBeLessThanOrEqual(
    rateStepMax + 1e-9,
  )
  expect(Math.abs(amountStep(a.total_invocations) - amountStep(b.total_invocations))).toBeLessThanOrEqual(1)
  const [x, y] = [a.global_avg_duration_seconds, b.global_avg_duration_seconds]
  if (x !== null && y !== null)
    expect(Math.abs(amountStep(x * 1_000) - amountStep(y * 1_000))).toBeLessThanOrEqual(1)
  const phases = [a.most_common_workflow_phase, b.most_common_workflow_phase].filter(
    (phase) => phase !== null,
  )
  expect(new Set(phases).size).toBeLessThanOrEqual(1)
}

test('what is shown follows from persons who have enough uses, in any order', () => {
  const rows = fc.tuple(...Array.from({ length: 12 }, (_, index) => callsOf(`${index}`)))
  fc.assert(
    fc.property(rows, (all) => {
      const enough = all.filter(({ invocation_count }) => invocation_count >= USES_MIN)
      expect(acrossPersons(all.toReversed())).toEqual(acrossPersons(enough))
    }),
  )
})

test('the interval of the rate contains the mean of the population in 95 of 100 cases or more', () => {
  const random = xoroshiro128plus(7)
  const uniform = () => uniformFloat64(random)
  for (const count of [5, 12, 40]) {
    let hits = 0
    for (let run = 0; run < 1_000; run += 1) {
      // Persons who always complete or never do differ as much as they can.
      const rows = persons(count).map((row) => ({ ...row, completed_count: uniform() < 0.7 ? 10 : 0 }))
      const { completion_rate_interval } = acrossPersons(rows) as SkillAcrossPersons
      if (completion_rate_interval[0] <= 0.7 && completion_rate_interval[1] >= 0.7) hits += 1
    }
    expect(hits).toBeGreaterThanOrEqual(950)
  }
})
