import { expect, test } from 'vitest'
import { estimatedTokens } from '../../src/hygiene/context-cost.ts'
import { hygieneOf } from '../../src/hygiene/hygiene.ts'
import type { InstalledFile } from '../../src/hygiene/installed.ts'
import { wilsonInterval } from '../../src/rates/intervals.ts'

const DAY_MS = 86_400_000
const UNTIL_MS = Date.UTC(2026, 10, 20)
const WINDOW = { sinceMs: UNTIL_MS - 30 * DAY_MS, untilMs: UNTIL_MS }
const daysAgo = (days: number) => UNTIL_MS - days * DAY_MS

function file(more: Partial<InstalledFile> = {}): InstalledFile {
  return {
    ...{
      kind: 'skill',
      skill_name: 'pdf',
      source: 'user',
      origin: '',
      machine_hash: 'm',
      description: null,
    },
    ...{ description_tokens: 10, content_hash: 'a', installed_at_ms: daysAgo(90) },
    ...more,
  }
}

const calls = (skill_name: string, count: number, first: number, last: number, kind = 'skill') => ({
  ...{ kind, skill_name, invocation_count: count },
  ...{ first_invoked_at_ms: daysAgo(first), last_invoked_at_ms: daysAgo(last) },
})
const judge = (files: InstalledFile[], facts: object = {}) =>
  hygieneOf({ files, calls: [], uses: [], ...facts }, WINDOW)

test('a skill without a call in the window is unused when it is installed for longer', () => {
  const { unused, installedLately } = judge([
    file(),
    file({ skill_name: 'new', installed_at_ms: daysAgo(29) }),
  ])
  expect(unused).toMatchObject([{ skill_name: 'pdf', calls: 0, last_used_at_ms: null, silence_p: null }])
  expect(installedLately).toBe(1)
})

test('a call in the window, also a typed one or one without the plugin, makes a skill used', () => {
  const files = [
    file({ skill_name: 'plan' }),
    file({ skill_name: 'office:pdf', source: 'plugin', origin: 'office' }),
    file({ kind: 'agent', skill_name: 'plan' }),
  ]
  const facts = { calls: [calls('plan', 1, 1, 1, 'command'), calls('pdf', 1, 29, 29)] }
  expect(judge(files, facts).unused).toMatchObject([{ kind: 'agent', skill_name: 'plan' }])
})

test('after five calls a silence is reported only when it is a surprise at the former rate', () => {
  const files = [
    file({ skill_name: 'often' }),
    file({ skill_name: 'seldom' }),
    file({ skill_name: 'twice' }),
  ]
  const facts = {
    calls: [calls('often', 11, 60, 40), calls('seldom', 5, 1000, 40), calls('twice', 2, 60, 40)],
  }
  const { unused, rarelyUsed } = judge(files, facts)
  expect(unused.map(({ skill_name }) => skill_name)).toEqual(['often', 'twice'])
  // Ten calls in 20 days, so 20 are expected in the 40 days since.
  expect(unused[0]!.silence_p).toBeCloseTo(Math.exp(-20), 12)
  expect(rarelyUsed).toBe(1)
})

test('a skill fails too often when the lower end of its share is above a fifth, from 20 calls on', () => {
  const uses = (skill_name: string, calls: number, failed_calls: number) => ({
    ...{ kind: 'skill', skill_name, use_count: 3, calls, failed_calls },
  })
  const files = ['bad', 'fair', 'few'].map((skill_name) => file({ skill_name }))
  const facts = { uses: [uses('bad', 100, 30), uses('fair', 100, 27), uses('few', 19, 19)] }
  const { failing, tooFewCalls } = judge(files, facts)
  expect(failing).toMatchObject([
    { skill_name: 'bad', failed_share: 0.3, interval: wilsonInterval({ hits: 30, of: 100 }) },
  ])
  expect(tooFewCalls).toBe(1)
})

test('files with the same bytes under two names are identical duplicates', () => {
  const description = 'Extract text and tables from PDF files.'
  const files = [
    file({ skill_name: 'pdf', description }),
    file({ skill_name: 'pdf-2', description, source: 'project', origin: 'web' }),
    file({ skill_name: 'pdf-3', description: `${description} Twice.`, content_hash: 'b' }),
  ]
  const pairs = judge(files).duplicates.map(({ a, b, identical }) => [a.skill_name, b.skill_name, identical])
  expect(pairs).toContainEqual(['pdf', 'pdf-2', true])
  expect(pairs).toContainEqual(['pdf', 'pdf-3', false])
})

test('a skill that is installed twice is one skill with two places', () => {
  const { skills, unused } = judge([file(), file({ source: 'project', origin: 'web' })])
  expect(skills).toBe(1)
  expect(unused[0]!.places).toEqual([
    { source: 'project', origin: 'web' },
    { source: 'user', origin: null },
  ])
})

test('a session pays for the user, for plugins and for one repository, on one machine', () => {
  const files = [
    file({ description_tokens: 100 }),
    file({ description_tokens: 70, machine_hash: 'other' }),
    file({ skill_name: 'a:b', source: 'plugin', origin: 'a', description_tokens: 20 }),
    file({ skill_name: 'c:d', source: 'plugin', origin: 'c', description_tokens: 5 }),
    file({ skill_name: 'x', source: 'project', origin: 'web', description_tokens: 30 }),
    file({ skill_name: 'x', source: 'project', origin: 'api', description_tokens: 40 }),
  ]
  expect(judge(files).cost).toEqual({
    method: 'characters / 4',
    places: [
      { source: 'user', repository: null, skills: 1, tokens: 100 },
      { source: 'project', repository: 'api', skills: 1, tokens: 40 },
      { source: 'project', repository: 'web', skills: 1, tokens: 30 },
      { source: 'plugin', repository: null, skills: 2, tokens: 25 },
    ],
    session_tokens: 125,
    session_tokens_max: 165,
  })
})

test('tokens are a quarter of the characters of name and description, rounded up', () => {
  expect(estimatedTokens('pdf', 'Fill forms.')).toBe(4)
  expect(estimatedTokens('pdf', '')).toBe(2)
  expect(estimatedTokens('x', '😀😀')).toBe(2)
})
