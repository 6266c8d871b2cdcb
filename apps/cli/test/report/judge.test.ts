import { expect, test } from 'vitest'
import { judge, type Unjudged } from '../../src/report/judge.ts'

const SKILL = { kind: 'skill', skill_name: 'pdf-fill' } as const

function uses(now: number, before: number, p: number | null, more: Partial<Unjudged> = {}): Unjudged {
  const ratio = before === 0 ? null : now / before
  const rest = { sessions: null, counts: null, interval: null }
  return { skill: SKILL, measure: 'uses', now, before, ratio, p, ...rest, ...more }
}

function failures(now: number, before: number, interval: readonly [number, number]): Unjudged {
  return { ...uses(now, before, 0.001), measure: 'failed_share', ratio: null, interval }
}

function verdicts(...comparisons: Unjudged[]): string[] {
  return judge(comparisons).map(({ verdict }) => verdict)
}

test('a large and significant difference is a change', () => {
  expect(verdicts(uses(40, 10, 0.001), uses(10, 40, 0.001), uses(0, 40, 0.001))).toEqual([
    'up',
    'down',
    'gone',
  ])
})

test('a difference by less than a quarter is none, however significant it is', () => {
  expect(verdicts(uses(124, 100, 0.001), uses(125, 100, 0.001), uses(81, 100, 0.001))).toEqual([
    'unclear',
    'up',
    'unclear',
  ])
})

test('a share changes by two points at least, and when its interval leaves 0 out', () => {
  expect(verdicts(failures(0.12, 0.05, [0.02, 0.12]))).toEqual(['up'])
  expect(verdicts(failures(0.03, 0.05, [-0.04, -0.001]))).toEqual(['down'])
  expect(verdicts(failures(0.065, 0.05, [0.01, 0.02]))).toEqual(['unclear'])
  expect(verdicts(failures(0.12, 0.05, [-0.01, 0.15]))).toEqual(['unclear'])
})

test('one small p-value among many is chance', () => {
  const others = Array.from({ length: 19 }, (_, index) => uses(20, 10, 0.1 + index / 25))
  expect(verdicts(uses(40, 10, 0.04))).toEqual(['up'])
  expect(verdicts(uses(40, 10, 0.04), ...others)[0]).toBe('unclear')
})

test('without a p-value there is too little data, except that a new skill is new', () => {
  expect(verdicts(uses(3, 1, null), uses(3, 0, null, { isNew: true }))).toEqual(['too_little_data', 'new'])
})

test('a total that fell to nothing is down, as only a skill can be gone', () => {
  expect(verdicts(uses(0, 40, 0.001, { skill: null }))).toEqual(['down'])
})
