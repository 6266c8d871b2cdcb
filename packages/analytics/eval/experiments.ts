import { studentTwoSided } from '../src/distributions/continuous.ts'
import { ALPHA, compareMeans } from '../src/experiments/compare-means.ts'
import { planExperiment } from '../src/experiments/index.ts'
import { isMismatch, sampleRatio } from '../src/experiments/sample-ratio.ts'
import { type GroupSummary, type Groups, RunningSummary } from '../src/experiments/summarise.ts'
import { Random } from './random.ts'

/** Measures how often experiments are wrong when one looks all the time, and how often they are right. */
const ROUNDS = 2_000
const USERS = 2_000
const USERS_MIN = 100

type Draw = (random: Random) => number

console.log(falseTable(), '\n')
console.log(powerTable(), '\n')
console.log(`sizes of equal groups seem unequal at any look: ${share(countMismatches())}`)

/** A difference is shown at any of the looks, one after each pair of users, though there is none. */
function falseTable(): string {
  const values: [string, number, Draw][] = [
    ['completion rate 0.5', 0.1, completion(0.5)],
    ['completion rate 0.9', 0.1, completion(0.9)],
    ['completion rate 0.99', 0.1, completion(0.99)],
    ['log durations, sd 1', Math.log(1.2), (random) => random.normal()],
    ['costs, log sd 1, cap 1', 0.05, (random) => Math.min(1, 0.05 * Math.exp(random.normal()))],
    ['costs, log sd 2, cap 1', 0.05, (random) => Math.min(1, 0.05 * Math.exp(2 * random.normal()))],
  ]
  const rows = values.map(([name, scale, draw]) => {
    const ours = countShown(USERS, draw, draw, (groups) => compareMeans(groups, scale).p)
    const usual = countShown(USERS, draw, draw, usualP)
    return `| ${name} | ${share(ours)} | ${share(usual)} |`
  })
  const busy = `| 200 users a group with 30 outcomes each, rates that differ | ${share(countBusy())} | |`
  return ['| values | shown | by the test of one look |', '| --- | ---: | ---: |', ...rows, busy].join('\n')
}

/** Shown at any look up to the planned number of users. */
function powerTable(): string {
  const rows = [
    [0.8, 0.1],
    [0.5, 0.1],
    [0.9, 0.05],
  ].map(([baseline, effect]) => {
    const values = { metric: 'completion_rate', deviation: 1, ratio: 0.5 } as const
    const plan = planExperiment({ ...values, baseline: baseline!, effect: effect! }, 0.8)
    const p = (groups: Groups<GroupSummary>) => compareMeans(groups, effect!).p
    const [control, treatment] = [completion(baseline!), completion(baseline! + effect!)]
    const shown = countShown(plan.anyTime.control, control, treatment, p)
    const sizes = `${plan.once.control} | ${plan.anyTime.control}`
    return `| ${baseline} to ${(baseline! + effect!).toFixed(2)} | ${sizes} | ${share(shown)} |`
  })
  const head = '| rates | users a group, one look | at any time | shown by then |'
  return [head, '| --- | ---: | ---: | ---: |', ...rows].join('\n')
}

function countShown(
  users: number,
  control: Draw,
  treatment: Draw,
  pOf: (groups: Groups<GroupSummary>) => number,
): number {
  const random = new Random(1)
  let shown = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const groups = { control: new RunningSummary(), treatment: new RunningSummary() }
    for (let pair = 1; pair <= users; pair += 1) {
      groups.control.add(control(random))
      groups.treatment.add(treatment(random))
      if (pair < USERS_MIN || pOf(groups) > ALPHA) continue
      shown += 1
      break
    }
  }
  return shown
}

/** The users are the same at all looks, and their means change with each outcome. */
function countBusy(): number {
  const random = new Random(2)
  let shown = 0
  for (let round = 0; round < ROUNDS; round += 1) if (isBusyShown(random)) shown += 1
  return shown
}

function isBusyShown(random: Random): boolean {
  const users = Array.from({ length: 400 }, () => {
    const [a, b] = [random.gamma(4), random.gamma(1)]
    return { rate: a / (a + b), hits: 0, of: 0 }
  })
  for (let outcome = 1; outcome <= 400 * 30; outcome += 1) {
    const user = users[random.below(400)]!
    user.of += 1
    if (random.uniform() < user.rate) user.hits += 1
    if (outcome % 60 !== 0) continue
    const groups = { control: new RunningSummary(), treatment: new RunningSummary() }
    for (const [index, { hits, of }] of users.entries())
      if (of > 0) groups[index % 2 === 0 ? 'control' : 'treatment'].add(hits / of)
    const isEnough = Math.min(groups.control.users, groups.treatment.users) >= USERS_MIN
    if (isEnough && compareMeans(groups, 0.1).p <= ALPHA) return true
  }
  return false
}

function countMismatches(): number {
  const random = new Random(3)
  let found = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    let control = 0
    for (let users = 1; users <= USERS; users += 1) {
      if (random.uniform() < 0.5) control += 1
      if (users < USERS_MIN || !isMismatch(sampleRatio({ control, treatment: users - control }, 0.5)))
        continue
      found += 1
      break
    }
  }
  return found
}

function usualP({ control, treatment }: Groups<GroupSummary>): number {
  const error = Math.sqrt((control.variance + treatment.variance) / control.users)
  return studentTwoSided((treatment.mean - control.mean) / error, 2 * control.users - 2)
}

function completion(rate: number): Draw {
  return (random) => Number(random.uniform() < rate)
}

function share(count: number): string {
  return (count / ROUNDS).toFixed(3)
}
