import { expect, test } from 'vitest'
import { compareAmounts, compareShares, effectiveShare, type Share } from '../../src/index.ts'
import { sessionsOf, shares } from './shares.ts'

function amount(bySession: readonly number[], exposure = 7) {
  return { total: bySession.reduce((sum, value) => sum + value, 0), bySession, exposure }
}

function shareOf(bySession: readonly Share[]) {
  const sum = (name: keyof Share) => bySession.reduce((total, session) => total + session[name], 0)
  return { hits: sum('hits'), of: sum('of'), bySession }
}

/** Twice the smaller tail of SciPy's `binom`. */
test.each([
  [18, 12, 7, 0.3615946081],
  [2, 10, 7, 0.03857421875],
  [10, 20, 14, 1],
  [10, 20, 3.5, 0.0003875186],
])(
  '%d events before and %d now, in 7 and %d days, have the p-value of the binomial',
  (before, now, days, p) => {
    const result = compareAmounts(amount(sessionsOf(before, 1)), amount(sessionsOf(now, 1), days))
    expect(result.p).toBeCloseTo(p, 7)
    expect(result.ratio).toBeCloseTo(now / days / (before / 7), 9)
  },
)

test('twenty uses in one session are no more certain than one use', () => {
  const spread = compareAmounts(amount(sessionsOf(10, 1)), amount(sessionsOf(30, 1)))
  const bundled = compareAmounts(amount(sessionsOf(10, 1)), amount([...sessionsOf(10, 1), 20]))
  expect(spread.p).toBeLessThan(0.01)
  expect(bundled.p === null || bundled.p > 0.2).toBe(true)
})

test('the unit of an amount does not matter', () => {
  const scaled = (factor: number) =>
    compareAmounts(
      amount([3, 5, 4, 4].map((y) => y * factor)),
      amount([9, 7, 8, 8, 9].map((y) => y * factor)),
    )
  expect(scaled(1e9).p).toBeCloseTo(scaled(0.001).p!, 9)
})

test('with fewer than six sessions no amount can differ, so there is too little data', () => {
  expect(compareAmounts(amount([]), amount(sessionsOf(5, 3)))).toEqual({ ratio: null, p: null })
  expect(compareAmounts(amount([]), amount(sessionsOf(6, 3))).p).toBeCloseTo(2 / 2 ** 6, 9)
  expect(compareAmounts(amount([]), amount([]))).toEqual({ ratio: null, p: null })
})

test('failures that are spread over sessions are a difference, those of one session are not', () => {
  const before = shareOf(sessionsOf(10, { hits: 0, of: 10 }))
  const spread = compareShares(before, shareOf(sessionsOf(10, { hits: 1, of: 10 })))
  const [bad, ...good] = [{ hits: 10, of: 10 }, ...sessionsOf(9, { hits: 0, of: 10 })]
  const bundled = compareShares(before, shareOf([bad!, ...good]))
  expect([spread.difference, bundled.difference]).toEqual([0.1, 0.1])
  expect(spread.p).toBeLessThan(0.01)
  expect(spread.interval![0]).toBeGreaterThan(0)
  expect(bundled.p === null || bundled.p > 0.1).toBe(true)
})

test.each([
  ['fewer than eight sessions', sessionsOf(7, { hits: 1, of: 50 })],
  ['fewer than twenty calls', sessionsOf(9, { hits: 1, of: 2 })],
  ['no calls', []],
])('with %s on one side there is too little data for a share', (_, few) => {
  const many = shareOf(sessionsOf(10, { hits: 1, of: 10 }))
  expect(compareShares(many, shareOf(few))).toMatchObject({ interval: null, p: null })
  expect(effectiveShare(shareOf(few))).toBeNull()
})

test('a share of its own is divided by its design effect', () => {
  const treated = '12/12 11/11 10/10 9/9 10/11 9/10 9/10 8/9 8/9 4/5 7/9 4/7 5/10 3/6 3/10 0/7'
  const share = shareOf(shares(treated))
  expect(effectiveShare(share)!.of).toBeCloseTo(145 / 3.9555421, 4)
})
