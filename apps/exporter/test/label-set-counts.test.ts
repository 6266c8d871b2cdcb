import type { LiveSeries } from '@skillwatch/db'
import { DURATION_BOUNDS_MS, OUTCOMES } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countByLabelSet } from '../src/label-set-counts.ts'

let nextId = 1
function series(overrides: Partial<LiveSeries>): LiveSeries {
  return {
    series_id: nextId++,
    kind: 'skill',
    skill_name: 'pdf-fill',
    workflow_phase: '',
    outcome: 'completed',
    invocation_count: 1,
    execution_count: 0,
    execution_ms_sum: 0,
    buckets: DURATION_BOUNDS_MS.map(() => 0),
    ...overrides,
  }
}

const roomy = { skillNamesMax: 10, workflowPhasesMax: 10, labelSetsMax: 10 }

test('failed, rejected and abandoned calls are one count beside the completed ones', () => {
  const outcomes = ['completed', 'failed', 'rejected', 'abandoned'] as const
  const { counts } = countByLabelSet(
    outcomes.map((outcome, index) => series({ outcome, invocation_count: index + 1 })),
    roomy,
  )
  expect(counts).toHaveLength(1)
  expect(counts[0]).toMatchObject({ completedCount: 1, otherCount: 9 })
})

test('a reported phase "unknown" and no phase have the same label', () => {
  const { counts } = countByLabelSet([series({}), series({ workflow_phase: 'unknown' })], roomy)
  expect(counts).toMatchObject([{ workflow_phase: 'unknown', completedCount: 2 }])
})

test('a phase that was recorded as _other keeps that label, beside the phases beyond the bound', () => {
  const bounds = { ...roomy, workflowPhasesMax: 1 }
  const recorded = ['setup', '_other', 'cleanup', '_other']
  const { counts, phases } = countByLabelSet(
    recorded.map((workflow_phase) => series({ workflow_phase })),
    bounds,
  )
  expect(counts).toMatchObject([
    { skill_name: 'pdf-fill', workflow_phase: 'setup', completedCount: 1 },
    { skill_name: 'pdf-fill', workflow_phase: '_other', completedCount: 3 },
  ])
  expect(phases.foldedCount).toBe(1)
})

test('combinations beyond their bound lose both name and phase', () => {
  const bounds = { ...roomy, labelSetsMax: 1 }
  const { counts, labelSets } = countByLabelSet(
    [series({}), series({ workflow_phase: 'setup' }), series({})],
    bounds,
  )
  expect(counts).toMatchObject([
    { skill_name: 'pdf-fill', workflow_phase: 'unknown', completedCount: 2 },
    { skill_name: '_other', workflow_phase: '_other', completedCount: 1 },
  ])
  expect(labelSets.foldedCount).toBe(1)
})

test('no sum under any labels ever falls as series are added and grow, and none is lost', () => {
  const one = fc.record({
    kind: fc.constantFrom('skill' as const, 'tool' as const),
    skill_name: fc.constantFrom('a', 'b', 'c', '_other'),
    workflow_phase: fc.constantFrom('', 'setup', 'cleanup', 'unknown'),
    outcome: fc.constantFrom(...OUTCOMES),
    invocation_count: fc.nat(5),
    execution_ms_sum: fc.nat(5),
  })
  const small = fc.integer({ min: 1, max: 3 })
  const bounds = fc.record({ skillNamesMax: small, workflowPhasesMax: small, labelSetsMax: small })
  fc.assert(
    fc.property(fc.array(one), fc.array(one), fc.nat(3), bounds, (earlier, added, growth, limits) => {
      const before = earlier.map(series)
      const grown = before.map((each) => ({ ...each, invocation_count: each.invocation_count + growth }))
      const all = [...grown, ...added.map(series)]
      const after = sums(countByLabelSet(all, limits).counts)
      for (const [labels, sum] of sums(countByLabelSet(before, limits).counts)) {
        expect(after.get(labels)).toBeGreaterThanOrEqual(sum)
      }
      const total = all.reduce((sum, each) => sum + each.invocation_count, 0)
      expect([...after.values()].reduce((sum, each) => sum + each, 0)).toBe(total)
    }),
  )
})

function sums(counts: ReturnType<typeof countByLabelSet>['counts']): Map<string, number> {
  return new Map(
    counts.map((count) => [
      JSON.stringify([count.kind, count.skill_name, count.workflow_phase]),
      count.completedCount + count.otherCount,
    ]),
  )
}
