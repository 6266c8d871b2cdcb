import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { type DeadSkill, deadLines, deadSkills, placeholderNote } from '../../src/skills/dead.ts'
import type { InstalledSkill } from '../../src/skills/installed.ts'
import { aSkill } from './a-skill.ts'

const plain = (_format: unknown, text: string) => text

function installed(name: string, more: Partial<InstalledSkill> = {}): InstalledSkill {
  const own = name.split(':').at(-1)!
  return {
    name,
    ownNames: [own],
    installedIn: name === own ? 'user' : 'plugin',
    path: `/skills/${own}`,
    changedAtMs: NOW_MS,
    ...more,
  }
}

function deadNames(skills: readonly InstalledSkill[], ...called: string[]): string[] {
  const calls = called.map((skill_name) => aSkill({ skill_name }))
  return deadSkills(skills, calls).map(({ skill_name }) => skill_name)
}

test('an installed skill is dead unless a call has its name', () => {
  expect(deadNames([installed('pdf'), installed('notes')], 'notes', 'other')).toEqual(['pdf'])
  expect(deadNames([installed('pdf')])).toEqual(['pdf'])
})

test('a skill that is called by the name of its folder is not dead', () => {
  expect(deadNames([installed('pdf-fill', { ownNames: ['pdf-fill', 'pdf'] })], 'pdf')).toEqual([])
})

test('a call of a plugin skill may have the name of the plugin, another plugin name, or none', () => {
  const skill = installed('git-tools:commit')
  for (const called of ['git-tools:commit', 'commit', 'git:commit'])
    expect(deadNames([skill], called)).toEqual([])
  expect(deadNames([skill], 'git-tools:push', 'git-tools')).toEqual(['git-tools:commit'])
})

test('the call of a skill of a plugin is not one of the skill of the same name of the user', () => {
  expect(deadNames([installed('commit')], 'git-tools:commit')).toEqual(['commit'])
})

test('the oldest is first, and equally old ones are in the order of their names', () => {
  const skills = [installed('b'), installed('a'), installed('old', { changedAtMs: NOW_MS - 1 })]
  expect(deadNames(skills)).toEqual(['old', 'a', 'b'])
})

test('a line shows name, place and day, and fits a narrow terminal', () => {
  const skills: DeadSkill[] = [
    {
      skill_name: 'git-tools:a-long-name',
      installed_in: 'plugin',
      since: '2026-01-02T03:04:05.000Z',
      path: '/',
    },
    { skill_name: 'red\u001b[31m', installed_in: 'user', since: '2026-11-22T12:00:00.000Z', path: '/' },
  ]
  expect(deadLines(skills, 80, plain)).toEqual([
    'SKILL                  INSTALLED IN  SINCE',
    'git-tools:a-long-name  plugin        2026-01-02',
    'red�[31m               user          2026-11-22',
  ])
  expect(deadLines(skills, 33, plain)).toEqual([
    'SKILL                  SINCE',
    'git-tools:a-long-name  2026-01-02',
    'red�[31m               2026-11-22',
  ])
})

test('a note counts the calls whose names are placeholders of their kind', () => {
  const calls = [
    aSkill({ skill_name: 'custom_skill', invocation_count: 1_200 }),
    aSkill({ skill_name: 'custom_skill', kind: 'command', invocation_count: 30 }),
    aSkill({ skill_name: 'third-party', invocation_count: 4 }),
    aSkill({ skill_name: 'custom', invocation_count: 500 }),
    aSkill({ invocation_count: 500 }),
  ]
  expect(placeholderNote(calls)).toBe(
    '1,234 calls have a placeholder name (custom_skill, third-party) and cannot be assigned, so a skill of ' +
      'this list may have been called. `skillwatch doctor` shows how to record real names.',
  )
  expect(placeholderNote(calls.slice(3))).toBeUndefined()
})
