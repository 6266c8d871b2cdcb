import { expect, test } from 'vitest'
import { analyseExperiment } from '../../src/experiments/index.ts'
import { expectDigits, expectFinite } from '../oracles.ts'
import { aUser, dataOf, usersOf } from './users.ts'

const NOW = '2026-11-28T00:00:00.000Z'
const analyse = (...parameters: Parameters<typeof dataOf>) => analyseExperiment(dataOf(...parameters), NOW)

test('the better strategy by the primary metric is the verdict, with its numbers', () => {
  const answer = analyse([...usersOf('control', 200, 300), ...usersOf('treatment', 270, 300)])
  expect(answer).toMatchObject({ verdict: 'treatment', analysed_at: NOW, alpha: 0.05 })
  expect(answer.reason).toMatch(
    /^The treatment strategy is better by completion_rate: 0\.9 in treatment, 0\.667/,
  )
  const [primary] = answer.metrics
  expect(primary).toMatchObject({ primary: true, q: null, better: 'treatment', control: { users: 300 } })
  expectDigits(primary!.effect!, 0.9 - 2 / 3)
  expect(primary!.interval![0]).toBeGreaterThan(0)
  expectFinite(answer)
})

test('a treatment that completes less loses, and the same users in both groups show no difference', () => {
  const worse = analyse([...usersOf('control', 270, 300), ...usersOf('treatment', 200, 300)])
  expect(worse.verdict).toBe('control')
  const same = analyse([...usersOf('control', 200, 300), ...usersOf('treatment', 200, 300)])
  expect(same).toMatchObject({
    verdict: 'no_difference_shown',
    metrics: [{ p: 1, better: null }, {}, {}, {}],
  })
})

test('below the minimum of one group there is no p-value, whatever the difference', () => {
  const answer = analyse([...usersOf('control', 0, 99), ...usersOf('treatment', 120, 120)])
  expect(answer.verdict).toBe('not_enough_data')
  expect(answer.reason).toContain('there are 99 in control and 120 in treatment')
  expect(answer.metrics[0]).toMatchObject({ p: null, interval: null, better: null, effect: 1 })
})

test('without users everything is empty and nothing is shown', () => {
  const answer = analyse([])
  expect(answer).toMatchObject({ verdict: 'not_enough_data', assigned: { p: 1 } })
  expect(answer.metrics[0]).toMatchObject({ control: { users: 0, mean: null }, effect: null, p: null })
  expectFinite(answer)
})

test('a user with a hundred outcomes counts as much as one with a single outcome', () => {
  const busy = aUser('control', new Array(100).fill(false))
  const answer = analyse([busy, ...usersOf('control', 99, 99), ...usersOf('treatment', 99, 100)])
  expect(answer.metrics[0]).toMatchObject({ control: { users: 100, mean: 0.99 }, p: 1 })
})

test('groups of other sizes than configured are not trusted, also where the difference is large', () => {
  const users = [...usersOf('control', 100, 500), ...usersOf('treatment', 350, 390)]
  expect(analyse(users)).toMatchObject({ verdict: 'do_not_trust' })
  expect(analyse(users, { assignment_ratio: 0.56 }).verdict).toBe('treatment')
})

test('groups that lose their users before the first outcome are not trusted', () => {
  const users = [...usersOf('control', 100, 200), ...usersOf('treatment', 100, 130)]
  const counts = { control: { users: 200, users_with_outcomes: 200 } }
  const answer = analyse(users, { ...counts, treatment: { users: 200, users_with_outcomes: 130 } })
  expect(answer).toMatchObject({ verdict: 'do_not_trust', assigned: { p: 1 } })
  expect(answer.with_outcomes.p).toBeLessThan(0.001)
})

/** Users of whom each took, rated and paid as much as their group, with a small spread. */
function measured(group: 'control' | 'treatment', seconds: number, rating: number, cost: number) {
  return Array.from({ length: 200 }, (_, index) => {
    const spread = 0.9 + (0.2 * index) / 199
    return aUser(group, [true, true], {
      ...{ duration_count: 2, log_duration_sum: 2 * Math.log(seconds * spread) },
      ...{ rating_count: 1, rating_sum: rating * spread },
      ...{ cost_count: 2, cost_usd_sum: 2 * cost * spread },
    })
  })
}

test('durations are compared as ratios, lower is better for them and for money, and q is corrected', () => {
  const users = [...measured('control', 10, 4, 0.2), ...measured('treatment', 5, 3, 0.1)]
  const answer = analyse(users, { metrics: ['duration_seconds', 'rating', 'cost_usd'], min_effect: 0.2 })
  const [duration, rating, cost] = answer.metrics
  expect(answer.verdict).toBe('treatment')
  expect(answer.reason).toContain('It is worse by rating.')
  expectDigits(duration!.effect!, 0.5)
  expect(duration!.interval![1]).toBeLessThan(1)
  expect([duration!.better, rating!.better, cost!.better]).toEqual(['treatment', 'control', 'treatment'])
  // Two tests that may depend on each other: the larger p-value times 1 + 1/2.
  expectDigits(Math.max(rating!.q!, cost!.q!), 1.5 * Math.max(rating!.p!, cost!.p!))
})

test('users without a value of a metric are left out of that metric', () => {
  const users = [...measured('control', 10, 4, 0.2), ...usersOf('control', 50, 50)]
  const answer = analyse([...users, ...measured('treatment', 10, 4, 0.2), ...usersOf('treatment', 50, 50)])
  expect(answer.metrics.map(({ control }) => control.users)).toEqual([250, 200, 200, 200])
})
