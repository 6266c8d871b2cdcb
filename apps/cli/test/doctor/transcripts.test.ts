import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NOW_MS, type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { checkCleanup } from '../../src/doctor/transcripts.ts'

const DAY_MS = 86_400_000

function home({ path }: TemporaryFolder, settings: string | undefined, agesDays: readonly number[] = []) {
  const project = join(path, '.claude/projects/p')
  mkdirSync(project, { recursive: true })
  if (settings !== undefined) writeFileSync(join(path, '.claude/settings.json'), settings)
  for (const [index, age] of agesDays.entries()) {
    const file = join(project, `${index}.jsonl`)
    writeFileSync(file, '')
    utimesSync(file, new Date(NOW_MS), new Date(NOW_MS - age * DAY_MS))
  }
  return checkCleanup({ HOME: path }, NOW_MS)
}

test('where Claude Code has no transcripts there is nothing to say', async () => {
  using temporary = temporaryFolder()
  expect(await checkCleanup({ HOME: temporary.path }, NOW_MS)).toBeUndefined()
})

test.each([
  ['no settings', undefined],
  ['settings without it', '{"model":"x"}'],
])('with %s, transcripts go after 30 days, and those that go soon are counted', async (_, settings) => {
  using temporary = temporaryFolder()
  expect(await home(temporary, settings, [40, 31, 25, 3])).toMatchObject({
    state: 'note',
    text: expect.stringMatching(/deletes transcripts 30 days .*; 2 are due, 1 more within a week$/),
    fix: expect.stringContaining('skillwatch import claude-code'),
  })
})

test('a short period is reported with its source, a long one is fine', async () => {
  using short = temporaryFolder()
  expect(await home(short, '{"cleanupPeriodDays": 7}', [1])).toMatchObject({
    state: 'note',
    text: expect.stringMatching(/7 days \(from cleanupPeriodDays\) after .*; 0 are due, 1 more/),
  })
  using long = temporaryFolder()
  expect(await home(long, '{"cleanupPeriodDays": 3650}')).toMatchObject({ state: 'ok' })
})

test('a period of zero and broken settings are reported', async () => {
  using zero = temporaryFolder()
  expect(await home(zero, '{"cleanupPeriodDays": 0}')).toMatchObject({
    state: 'note',
    text: expect.stringContaining('cleanupPeriodDays is 0'),
  })
  using broken = temporaryFolder()
  expect(await home(broken, '{')).toMatchObject({
    state: 'note',
    text: expect.stringContaining('is broken'),
  })
})

test('the folder that CLAUDE_CONFIG_DIR names is looked at', async () => {
  using temporary = temporaryFolder()
  await home(temporary, '{"cleanupPeriodDays": 100}')
  const env = { HOME: '/nowhere', CLAUDE_CONFIG_DIR: join(temporary.path, '.claude') }
  expect(await checkCleanup(env, NOW_MS)).toMatchObject({ state: 'ok' })
})
