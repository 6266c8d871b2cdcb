import { type Kind, parseAffinityReport } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { affinityReport } from '../../src/index.ts'

const WINDOW = {
  sinceMs: Date.UTC(2026, 7, 1),
  untilMs: Date.UTC(2026, 9, 30),
  computedAtMs: Date.UTC(2026, 9, 30),
}

/** Rows of one skill: for each person how many of ten calls completed. */
function rowsOf(skill_name: string, completed: Readonly<Record<string, number>>, kind: Kind = 'skill') {
  return Object.entries(completed).map(([user_hash, completed_count]) => ({
    ...{ kind, skill_name, user_hash: user_hash === 'nobody' ? null : user_hash, completed_count },
    ...{ invocation_count: 10, duration_count: 0, duration_ms_sum: 0, phase_counts: {} },
  }))
}

const persons = (count: number, completed = 10, from = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${from + index}`, completed]))

test('the affinity is the cosine of the persons, smaller the fewer of them use both', () => {
  const { affinities } = affinityReport([...rowsOf('a', persons(8)), ...rowsOf('b', persons(20, 5))], WINDOW)
  // By hand: 8 / √(8 · 20) · 8 / (8 + 10).
  const affinity = Math.round((8 / Math.sqrt(160)) * (8 / 18) * 10_000) / 10_000
  expect(affinities).toMatchObject([
    { skill_name: 'b', also_name: 'a', affinity, persons: 5 },
    { skill_name: 'a', also_name: 'b', affinity, persons: 5 },
  ])
  const [ofA, ofB] = affinities.map(({ effectiveness }) => effectiveness)
  expect(ofA).toBeGreaterThan(0.9)
  expect(ofB).toBeCloseTo(0.5, 1)
})

test('four persons of both are too few, and so are persons for whom nothing completed', () => {
  const four = [...rowsOf('a', persons(9)), ...rowsOf('b', persons(9, 10, 5))]
  const failed = [...rowsOf('a', persons(9)), ...rowsOf('b', { ...persons(9, 0), ...persons(9, 10, 20) })]
  for (const rows of [four, failed]) expect(affinityReport(rows, WINDOW).affinities).toEqual([])
})

test('calls without a user are of no person, and tools are left out', () => {
  const rows = [...rowsOf('Read', persons(9), 'tool'), ...rowsOf('a', { ...persons(9), nobody: 10 })]
  expect(affinityReport(rows, WINDOW)).toMatchObject({ persons: 5, affinities: [] })
})

test('a report is one that ingest takes', () => {
  const rows = ['a', 'b', 'c'].flatMap((name, index) => rowsOf(name, persons(12, 9, index)))
  const report = affinityReport(rows, WINDOW)
  expect(report.affinities).toHaveLength(6)
  expect(parseAffinityReport(report, WINDOW.untilMs)).toHaveProperty('report')
})
