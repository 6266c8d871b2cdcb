import { expect, test } from 'vitest'
import { studentTwoSided } from '../../src/distributions/continuous.ts'
import { compareMeans } from '../../src/experiments/compare-means.ts'
import { planExperiment } from '../../src/experiments/index.ts'
import { RunningSummary } from '../../src/experiments/summarise.ts'
import { createRandom } from './users.ts'

const EXPERIMENTS = 400
const USERS_MIN = 100
const ALPHA = 0.05
/** Of 400 experiments with a probability of 0.05 each: 20, and three standard deviations more. */
const FALSE_MAX = 33

interface Groups {
  readonly control: RunningSummary
  readonly treatment: RunningSummary
}

type Look = (groups: Groups) => boolean

/** How many experiments show a difference at any look, with a look after each pair of users. */
function shownOf(
  pairs: number,
  isShown: Look,
  addPair: (groups: Groups, random: () => number) => void,
): number {
  const random = createRandom(11)
  let shown = 0
  for (let experiment = 0; experiment < EXPERIMENTS; experiment += 1) {
    const groups = { control: new RunningSummary(), treatment: new RunningSummary() }
    for (let pair = 1; pair <= pairs; pair += 1) {
      addPair(groups, random)
      if (pair < USERS_MIN || !isShown(groups)) continue
      shown += 1
      break
    }
  }
  return shown
}

const completion = (control: number, treatment: number) => (groups: Groups, random: () => number) => {
  groups.control.add(Number(random() < control))
  groups.treatment.add(Number(random() < treatment))
}

/** Log-normal costs below a cap of one dollar: skewed, as money is. */
const costs = (groups: Groups, random: () => number) => {
  const cost = () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return Math.min(1, 0.05 * Math.exp(normal))
  }
  groups.control.add(cost())
  groups.treatment.add(cost())
}

const sequential =
  (scale: number): Look =>
  (groups) =>
    compareMeans(groups, scale).p <= ALPHA

/** The test that one would use for a single look. */
const usual: Look = ({ control, treatment }) => {
  const error = Math.sqrt((control.variance + treatment.variance) / control.users)
  const t = (treatment.mean - control.mean) / error
  return studentTwoSided(t, 2 * control.users - 2) <= ALPHA
}

test.each([
  ['a rate of 0.5', 0.1, completion(0.5, 0.5)],
  ['a rate of 0.9', 0.1, completion(0.9, 0.9)],
  ['a rate of 0.99', 0.1, completion(0.99, 0.99)],
  ['skewed costs', 0.05, costs],
])(
  'looking after each of 1,000 users a group shows a false difference of %s in 5%% at most',
  (_, scale, add) => {
    expect(shownOf(1_000, sequential(scale), add)).toBeLessThanOrEqual(FALSE_MAX)
  },
)

test('the usual test of one look is wrong far more often when it is used at every look', () => {
  expect(shownOf(1_000, usual, completion(0.5, 0.5))).toBeGreaterThan(3 * FALSE_MAX)
})

test('an experiment as large as planned shows its effect with the planned power, most often earlier', () => {
  const values = { metric: 'completion_rate', baseline: 0.8, deviation: 1, effect: 0.1, ratio: 0.5 } as const
  const { control } = planExperiment(values, 0.8).anyTime
  const shown = shownOf(control, sequential(0.1), completion(0.8, 0.9))
  // 320 are planned, with three standard deviations less.
  expect(shown).toBeGreaterThanOrEqual(296)
  expect(shownOf(Math.ceil(control * 0.8), sequential(0.1), completion(0.8, 0.9))).toBeGreaterThan(200)
})
