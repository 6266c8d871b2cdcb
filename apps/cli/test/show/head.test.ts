import { expect, test } from 'vitest'
import { headLines } from '../../src/show/head.ts'
import { columns } from '../../src/text.ts'
import { aSession, NO_USAGE, someUsage } from '../sessions/some-session.ts'

const plain = (_format: unknown, text: string) => text
const VIEW = { width: 80, timeZone: 'Europe/Berlin' }
const skills = ['Bash', 'Read', 'Edit', 'mcp__files__search', 'pdf-fill', 'Glob'].map(
  (skill_name, index) => ({
    kind: skill_name.startsWith('mcp') ? ('mcp' as const) : ('tool' as const),
    skill_name,
    invocation_count: 20 - index,
  }),
)

test('at 80 columns the head has the session in numbers and its five most used skills', () => {
  const session = aSession({ usage: someUsage({ unpriced_responses: 2 }) })
  expect(headLines({ ...session, skills }, VIEW, plain)).toEqual([
    'Session    3f2a9c11-77aa-4c1e-9d3e-0123456789ab',
    'Time       2026-11-22 10:30:00 to 2026-11-22 12:02:13 (1 h 32 m)',
    'Calls      … 1 running, ✔ 38 completed, ✘ 3 failed',
    'Tokens     12.3K input, 4.56K output, 30.0K cache write, 1.20M cache read',
    'Cost       ~$1.25, estimated from prices per token, responses without a price: 2',
    'Most used  tool Bash ×20, tool Read ×19, tool Edit ×18,',
    '           mcp mcp__files__search ×17, tool pdf-fill ×16',
  ])
})

test('what is unknown is a dash', () => {
  expect(headLines({ ...aSession({ usage: NO_USAGE }), skills: [] }, VIEW, plain).slice(3)).toEqual([
    'Tokens     -',
    'Cost       -',
    'Most used  -',
  ])
})

test('no line is wider than the terminal', () => {
  const session = { ...aSession({ session_id: 'x'.repeat(200) }), skills }
  for (let width = 1; width <= 90; width++)
    for (const line of headLines(session, { ...VIEW, width }, plain))
      expect(columns(line)).toBeLessThanOrEqual(width)
})
