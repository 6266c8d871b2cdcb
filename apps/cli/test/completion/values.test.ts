import { Argument, Option } from 'commander'
import { expect, test } from 'vitest'
import { valuesFrom } from '../../src/completion/values.ts'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'

const SESSION = new Option('--session <id>')
const SKILL = new Option('--skill <name...>')

function find({ url }: { url: string }) {
  return valuesFrom({ name: 'ws-gateway', url, port: 8765, apiKey: undefined, option: '--url' })
}

const NOWHERE = { url: 'http://127.0.0.1:1' }

function skillsOf(...names: unknown[]): Promise<HttpDouble> {
  const items = names.map((skill_name) => ({ skill_name, kind: 'skill', invocation_count: 3 }))
  return startHttpDouble(() => ({ body: { items } }))
}

test('sessions are those that the gateway knows with this beginning, with their last activity', async () => {
  const items = [{ session_id: '3f2a', last_active_at: '2026-11-22T09:30:00Z', invocation_count: 5 }]
  await using gateway = await startHttpDouble(() => ({ body: { items } }))
  expect(await find(gateway)(SESSION, '3f')).toEqual([
    { value: '3f2a', description: expect.stringMatching(/^2026-11-2\d \d\d:\d\d:\d\d, calls: 5$/) },
  ])
  expect(gateway.requests.map(({ path }) => path)).toEqual(['/v1/sessions?prefix=3f&limit=50'])
})

test('show offers sessions, and skills, commands and agents without tools', async () => {
  const kinds = ['skill', 'tool', 'agent', 'mcp', 'command']
  const skills = kinds.map((kind) => ({ skill_name: `3f-${kind}`, kind, invocation_count: 3 }))
  const session = { session_id: '3f2a', last_active_at: '2026-11-22T09:30:00Z', invocation_count: 5 }
  await using gateway = await startHttpDouble(({ path }) => ({
    body: { items: path.startsWith('/v1/sessions') ? [session] : skills },
  }))
  const found = await find(gateway)(new Argument('<name>'), '3f')
  expect(found).toMatchObject(['3f2a', '3f-skill', '3f-agent', '3f-command'].map((value) => ({ value })))
})

test('experiments are offered by name, with their status', async () => {
  const items = [
    { test_name: 'prompts', status: 'running' },
    { test_name: 'speed', status: 'stopped' },
  ]
  await using gateway = await startHttpDouble(() => ({ body: { items } }))
  expect(await find(gateway)(new Argument('<experiment>'), 'pr')).toEqual([
    { value: 'prompts', description: 'running' },
  ])
})

test('skills are offered once each, those of several kinds too', async () => {
  await using gateway = await skillsOf('pdf-fill', 'plugin:pdf', 'pdf-fill', 'deploy', '名前')
  expect(await find(gateway)(SKILL, '')).toEqual(
    ['pdf-fill', 'plugin:pdf', 'deploy', '名前'].map((value) => ({ value, description: 'skill, calls: 3' })),
  )
  expect(await find(gateway)(SKILL, 'pl')).toEqual([{ value: 'plugin:pdf', description: 'skill, calls: 3' }])
})

test.each([
  '$(touch x)',
  '`touch x`',
  'a;b',
  'a b',
  "a'b",
  'a"b',
  'a\\b',
  'a\nb',
  'a\tb',
  'a*',
  '~',
  '-rf',
  ':paths',
  'a\u202eb',
  '',
  7,
  null,
])('the name %j is not offered, as it is not plain', async (name) => {
  await using gateway = await skillsOf(name, 'good')
  expect(await find(gateway)(SKILL, '')).toEqual([expect.objectContaining({ value: 'good' })])
})

test.each([
  ['answers with an error', { status: 500, body: { detail: 'no' } }],
  ['is another program', { body: 'hello' }],
  ['answers with other items', { body: { items: [null, 1, {}] } }],
])('a gateway that %s offers nothing', async (_, answer) => {
  await using gateway = await startHttpDouble(() => answer)
  expect(await find(gateway)(SKILL, '')).toEqual([])
  expect(await find(gateway)(SESSION, '')).toEqual([])
})

test('without a gateway there are fixed choices, time zones and paths', async () => {
  const choices = await find(NOWHERE)(new Option('--kind <kind>').choices(['skill', 'tool']), 't')
  expect(choices).toEqual([{ value: 'tool', description: '' }])
  expect(await find(NOWHERE)(new Option('--time-zone <name>'), 'Europe/Berl')).toEqual([
    { value: 'Europe/Berlin', description: '' },
  ])
  expect(await find(NOWHERE)(new Argument('<file>'), '')).toBe('paths')
  expect(await find(NOWHERE)(SESSION, '')).toEqual([])
  expect(await find(NOWHERE)(new Option('--limit <number>'), '')).toEqual([])
})
