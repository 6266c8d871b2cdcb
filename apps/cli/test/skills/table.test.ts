import { expect, test } from 'vitest'
import { type Column, fittingTable } from '../../src/table.ts'
import { columns as columnsOf } from '../../src/text.ts'

type Row = readonly [name: string, kind: string, count: string, age: string]

const COLUMNS: readonly Column<Row>[] = [
  { heading: ['NAME'], rank: 0, align: 'left', cell: ([name]) => name },
  { heading: ['KIND'], rank: 2, align: 'left', cell: ([, kind]) => kind },
  { heading: ['CALLS'], rank: 1, align: 'right', cell: ([, , count]) => count },
  { heading: ['LAST', 'USED'], rank: 3, align: 'right', cell: ([, , , age]) => age },
]

const ROWS: readonly Row[] = [
  ['pdf-fill', 'skill', '1,234', '3 d'],
  ['名前', 'command', '7', '12 min'],
]

test('columns are aligned to the left or to the right, also beside wide characters', () => {
  expect(fittingTable(COLUMNS, ROWS, 80)).toEqual({
    head: ['NAME      KIND     CALLS  LAST USED'],
    body: ['pdf-fill  skill    1,234        3 d', '名前      command      7     12 min'],
  })
})

test('with too little width headings take several lines first, then columns are left out by rank', () => {
  expect(fittingTable(COLUMNS, ROWS, 34).head).toEqual([
    '                            LAST',
    'NAME      KIND     CALLS    USED',
  ])
  expect(fittingTable(COLUMNS, ROWS, 31).head).toEqual(['NAME      KIND     CALLS'])
  expect(fittingTable(COLUMNS, ROWS, 23).head).toEqual(['NAME      CALLS'])
})

test('headings take several lines before a name is cut', () => {
  const rows = [['a-plugin:a-skill-with-a-long-name', 'skill', '1,234', '3 d']] as const
  expect(fittingTable(COLUMNS, rows, 58).head).toHaveLength(1)
  expect(fittingTable(COLUMNS, rows, 57)).toEqual({
    head: [
      '                                                 LAST',
      'NAME                               KIND   CALLS  USED',
    ],
    body: ['a-plugin:a-skill-with-a-long-name  skill  1,234   3 d'],
  })
})

test('a name is cut where it must be, but keeps 20 columns as long as another column can be left out', () => {
  const rows = [['a-plugin:a-skill-with-a-long-name', 'skill', '1,234', '3 d']] as const
  expect(fittingTable(COLUMNS, rows, 36).body).toEqual(['a-plugin:a-skill-with…  skill  1,234'])
  expect(fittingTable(COLUMNS, rows, 27).body).toEqual(['a-plugin:a-skill-wi…  1,234'])
  expect(fittingTable(COLUMNS, rows, 20).body).toEqual(['a-plugin:a-skill-wi…'])
})

test.each(['a-name-that-is-longer-than-every-terminal-'.repeat(9), '日本語の名前'.repeat(30), 'short'])(
  'no line is longer than the terminal, with the name %s',
  (name) => {
    const rows: Row[] = [...ROWS, [name, 'command', '1,234,567', '12 min']]
    for (let width = 10; width <= 200; width += 7) {
      const { head, body } = fittingTable(COLUMNS, rows, width)
      expect(Math.max(...[...head, ...body].map(columnsOf))).toBeLessThanOrEqual(width)
    }
  },
)
