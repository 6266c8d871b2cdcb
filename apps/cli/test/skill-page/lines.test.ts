import { NOW_MS } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { skillPageLines } from '../../src/skill-page/lines.ts'
import type { SkillPage } from '../../src/skill-page/read.ts'
import { columns } from '../../src/text.ts'
import { useWindow } from '../../src/uses/window.ts'
import { aUse, someSums } from '../uses/some-uses.ts'

const plain = (_format: unknown, text: string) => text

function aPage(more: Partial<SkillPage> = {}): SkillPage {
  return {
    skill: { kind: 'skill', skill_name: 'pdf-fill', uses: 1 },
    window: useWindow({}, NOW_MS),
    timeZone: 'UTC',
    totals: someSums(),
    before: undefined,
    isBeforeRecorded: false,
    byRepository: [someSums({}, { repository: null })],
    byModel: [someSums({}, { model: null })],
    byDay: [someSums({}, { day: '2026-11-22' })],
    uses: [aUse()],
    isMore: false,
    ...more,
  }
}

function lines(more: Partial<SkillPage> = {}, width = 80): string[] {
  return skillPageLines(aPage(more), width, plain)
}

test('without earlier records nothing is compared; unknown repositories and models have no table', () => {
  const text = lines().join('\n')
  expect(text).toContain('THESE 30 DAYS\n')
  expect(text).not.toMatch(/BEFORE|TREND|REPOSITORY {2}USES|MODEL {2}USES/)
})

test('a skill that was not used before has no earlier work, and a trend', () => {
  const shown = lines({ isBeforeRecorded: true })
  expect(shown[3]).toMatch(/THESE 30 DAYS {2}30 DAYS BEFORE {2}TREND$/)
  expect(shown[4]).toMatch(/^Uses +1 +0 +\+1$/)
  expect(shown[5]).toMatch(/^Calls +0 +-$/)
})

test('where lines have no bound, the bars of a long time do', () => {
  const window = useWindow({ since: '2024-11-22T12:00:00Z' }, NOW_MS)
  const shown = lines({ window }, Number.POSITIVE_INFINITY)
  expect(shown.some((line) => line.startsWith('By week  '))).toBe(true)
})

test('of more than five repositories the most used ones are shown, and how many more there are', () => {
  const byRepository = [1, 2, 3, 4, 5, 6, 7].map((uses) => someSums({}, { uses, repository: `r${uses}` }))
  const shown = lines({ byRepository })
  expect(shown.filter((line) => /^r\d/.test(line)).map((line) => line.slice(0, 2))).toEqual([
    'r7',
    'r6',
    'r5',
    'r4',
    'r3',
  ])
  expect(shown).toContain('and 2 more')
})

test('the last uses are ten; the time of one that is not over is a lower bound', () => {
  const uses = Array.from({ length: 12 }, () => aUse({ work_ms: 5_000 }, { settled: false }))
  const shown = lines({ uses }).filter((line) => line.startsWith('11-22 09:30'))
  expect(shown).toHaveLength(10)
  expect(shown[0]).toMatch(/3f2a9c11 .* ≥ 5\.0 s .* not over$/)
})

test('uses of several years are shown with their year', () => {
  const uses = [aUse(), aUse({}, { began_at: '2025-12-31T23:00:00.000Z' })]
  expect(lines({ uses }).filter((line) => /^20\d\d-\d\d-\d\d \d\d:\d\d {2}3f2a/.test(line))).toHaveLength(2)
})

test('when a window has more uses than were read, the page says of how many the shares are', () => {
  expect(lines({ isMore: true })).toContain('Counted        the latest 1 use')
})

test('estimated costs and responses without a price are explained', () => {
  const totals = someSums({ cost_usd: 1, cost_source: 'mixed', unpriced_responses: 3 })
  expect(lines({ totals }).slice(-2)).toEqual([
    '~ estimated from prices per token.',
    'Responses without a price, which no cost includes: 3.',
  ])
})

test('no line is wider than the terminal, and none can send an escape sequence to it', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(name, fc.integer({ min: 20, max: 150 }), (text, width) => {
      const page = {
        skill: { kind: 'skill', skill_name: text, uses: 1 } as const,
        byRepository: [someSums({}, { repository: text })],
        byModel: [someSums({}, { model: text })],
        uses: [aUse({ work_ms: 5_000_000 }, { repository: text, session_id: text, interrupted: true })],
      }
      for (const line of lines(page, width)) {
        expect(columns(line)).toBeLessThanOrEqual(width)
        expect(line).not.toMatch(/\p{Cc}/u)
      }
    }),
    { numRuns: 200 },
  )
})
