import { expect, test } from 'vitest'
import { factEntries } from '../../src/skill-page/fact-entries.ts'
import { factsOf } from '../../src/skill-page/facts.ts'
import { aUse } from '../uses/some-uses.ts'

const WITH_TOKENS = { responses: 1, output_tokens: 1_000, cost_usd: 0.5, cost_source: 'estimated' } as const

test('shares are of the uses for which they are known', () => {
  const facts = factsOf([
    aUse({}, { interrupted: true, used_again: true }),
    aUse({ failed_calls: 2 }, { used_again: false }),
    aUse({}, { outcome: 'failed' }),
  ])
  expect(facts).toMatchObject({
    interrupted: { count: 1, of: 3 },
    failing: { count: 2, of: 3 },
    usedAgain: { count: 1, of: 2 },
  })
})

test('medians are of uses that are over, those of tokens and money of uses with responses', () => {
  const facts = factsOf([
    aUse({ calls: 1, work_ms: 1_000 }),
    aUse({ calls: 2, work_ms: 4_000, ...WITH_TOKENS }),
    aUse({ calls: 9, work_ms: 60_000, ...WITH_TOKENS, cost_usd: null }),
    aUse({ calls: 100, work_ms: 600_000 }, { settled: false }),
  ])
  expect(facts).toMatchObject({
    unsettled: 1,
    calls: { value: 2, of: 3 },
    workMs: { value: 4_000, of: 3 },
    tokens: { value: 1_000, of: 2 },
    costUsd: { value: 0.5, of: 1 },
    longestMs: 60_000,
  })
})

test('the texts say of how many uses they are', () => {
  const uses = [
    ...[1, 2, 3, 4].map((calls) => aUse({ calls, work_ms: 1_000 * calls }, { used_again: true })),
    aUse({ calls: 5, work_ms: 90_000, failed_calls: 1, ...WITH_TOKENS }),
    aUse({}, { settled: false }),
  ]
  expect(factEntries(factsOf(uses))).toEqual([
    ['Interrupted', ['0 of 6 uses']],
    ['With failures', ['1 of 6 uses (17%)']],
    ['Used again', ['4 of 4 uses that have a next turn']],
    ['Not over', ['1 use; what they caused may grow']],
    ['Median use', ['3 calls', '3.0 s', '1.00K tokens', '~$0.50', 'of 5 uses that are over (tokens of 1)']],
    ['Longest use', ['1 m 30 s']],
  ])
})

test('one use has no median, and uses that are not over have none either', () => {
  expect(factEntries(factsOf([aUse({ calls: 1, work_ms: 500 })])).slice(2)).toEqual([
    ['One use', ['1 call', '500 ms']],
  ])
  expect(factEntries(factsOf([aUse({}, { settled: false })])).at(-1)![0]).toBe('Not over')
})
