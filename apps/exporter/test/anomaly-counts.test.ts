import { expect, test } from 'vitest'
import { countAnomalies } from '../src/anomaly-counts.ts'

const BOUNDS = { skillNamesMax: 2, workflowPhasesMax: 1, labelSetsMax: 10 }

const series = (...names: readonly string[]) =>
  names.map((skill_name, index) => ({
    ...({ series_id: index, kind: 'skill', subtype: 'drop' } as const),
    ...{ skill_name, finding_count: 1 },
  }))
const countsOf = (names: readonly string[], bounds = BOUNDS) =>
  countAnomalies(series(...names), bounds).counts.map(({ skill_name, count }) => `${skill_name} ${count}`)

test('names beyond the bound are counted under _other', () => {
  expect(countsOf(['a', 'b', 'c', 'd'])).toEqual(['a 1', 'b 1', '_other 2'])
  expect(countAnomalies(series('a', 'b', 'c', 'd'), BOUNDS).foldedCount).toBe(2)
})

test('combinations beyond the bound are counted under _other, of their kind and type', () => {
  const [a, b] = series('a', 'a')
  const { counts, foldedCount } = countAnomalies([a!, { ...b!, subtype: 'rise' }], {
    ...BOUNDS,
    labelSetsMax: 1,
  })
  expect(counts).toEqual([
    { kind: 'skill', subtype: 'drop', skill_name: 'a', count: 1 },
    { kind: 'skill', subtype: 'rise', skill_name: '_other', count: 1 },
  ])
  expect(foldedCount).toBe(1)
})

test('a later series does not change the labels of an earlier one', () => {
  expect(countsOf(['a', 'b', 'c', 'e', 'f']).slice(0, 2)).toEqual(countsOf(['a', 'b']))
})
