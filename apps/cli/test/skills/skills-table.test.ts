import type { SkillSummary } from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { skillLines } from '../../src/skills/skills-table.ts'
import { columns } from '../../src/text.ts'
import { aSkill, durations, estimates, NO_DURATIONS } from './a-skill.ts'

const plain = (_format: unknown, text: string) => text

const SKILLS: readonly SkillSummary[] = [
  aSkill({
    kind: 'tool',
    skill_name: 'Bash',
    invocation_count: 1_520,
    completed_count: 1_340,
    failed_count: 150,
    rejected_count: 30,
    invocation_count_24h: 12,
    execution: NO_DURATIONS,
    elapsed: estimates([1_617, 1_000, 2_000], [725_000, 600_000, 1_800_000]),
    last_invoked_at: '2026-11-22T11:58:00.000Z',
  }),
  aSkill({ skill_name: 'handgemacht:commit', last_invoked_at: '2026-11-19T10:00:00.000Z' }),
  aSkill({
    kind: 'command',
    skill_name: 'clear',
    invocation_count: 1,
    completed_count: 0,
    abandoned_count: 0,
    invocation_count_24h: 0,
    execution: NO_DURATIONS,
    elapsed: NO_DURATIONS,
  }),
]

const P50_P95 = 'P50 and P95: 50% and 95% of the calls took at most this long.'
const ELAPSED = '≤ elapsed time, waiting included; the execution time is at most this.'

test('at 140 columns the table has every column, headings of one line, and the ranges of estimates', () => {
  expect(skillLines(SKILLS, NOW_MS, 140, plain)).toEqual([
    'TOOL                CALLS  24 H  FAILURE SHARE  REFUSAL SHARE' +
      '                P50                      P95  LAST USED',
    'Bash                1,520    12           9.9%           2.0%' +
      '  ≤ ≈ 1.6 s (1–2 s)  ≤ ≈ 12 m 05 s (10–30 m)      2 min',
    'handgemacht:commit     10     2             0%             0%' +
      '              1.5 s                   42.0 s        3 d',
    'clear                   1     0              -              -' +
      '                  -                        -        1 h',
    '',
    P50_P95,
    '≈ estimated; the exact value lies in the range after it.',
    ELAPSED,
  ])
})

test('at 80 columns the table fits, and a note has the largest error of an estimate', () => {
  expect(skillLines(SKILLS, NOW_MS, 80, plain)).toEqual([
    '                                 FAILURE                             LAST',
    'TOOL                CALLS  24 H    SHARE        P50            P95   USED',
    'Bash                1,520    12     9.9%  ≤ ≈ 1.6 s  ≤ ≈ 12 m 05 s  2 min',
    'handgemacht:commit     10     2       0%      1.5 s         42.0 s    3 d',
    'clear                   1     0        -          -              -    1 h',
    '',
    P50_P95,
    '≈ estimated; the exact value differs from it by at most 149%.',
    ELAPSED,
  ])
})

test('running calls are a column while there are any', () => {
  const lines = skillLines([aSkill({ running_count: 3 })], NOW_MS, 140, plain)
  expect(lines).toEqual([
    'TOOL      CALLS  24 H  FAILURE SHARE  REFUSAL SHARE  RUNNING    P50     P95  LAST USED',
    'pdf-fill     10     2             0%             0%        3  1.5 s  42.0 s        1 h',
    '',
    P50_P95,
  ])
  expect(skillLines([aSkill()], NOW_MS, 140, plain)[0]).not.toContain('RUNNING')
})

test('long names and durations neither wrap a line at 80 columns nor hide calls and last use', () => {
  const long = aSkill({
    kind: 'command',
    skill_name: 'a-marketplace-plugin:a-skill-with-a-long-name',
    invocation_count: 1_234_567,
    running_count: 12,
    execution: NO_DURATIONS,
    elapsed: durations(640_000, 36_000_000),
  })
  const lines = skillLines([long], NOW_MS, 80, plain)
  expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(80)
  expect(lines.at(-4)).toBe(
    'a-marketplace-plugin:…  1,234,567     2       0%  ≤ 10 m 40 s  ≤ 10 h 00 m   1 h',
  )
})

test('headings are bold, and a name cannot send an escape sequence to the terminal', () => {
  const paint = (format: unknown, text: string) => `<${format}>${text}</${format}>`
  const [head, line] = skillLines([aSkill({ skill_name: '\u001b[31mred' })], NOW_MS, 140, paint)
  expect(head).toMatch(/^<bold>TOOL .* LAST USED<\/bold>$/)
  expect(line).toMatch(/^�\[31mred {5}10 /)
})
