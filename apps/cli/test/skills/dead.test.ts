import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { type DeadSkill, deadLines, deadSkills, placeholderNote } from '../../src/skills/dead.ts'
import type { InstalledSkill } from '../../src/skills/installed.ts'
import { someSums } from '../uses/some-uses.ts'

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

function deadNames(skills: readonly InstalledSkill[], ...used: string[]): string[] {
  const uses = used.map((skill_name) => someSums({}, { skill_name }))
  return deadSkills(skills, uses).map(({ skill_name }) => skill_name)
}

test('an installed skill is dead unless a use has its name', () => {
  expect(deadNames([installed('pdf'), installed('notes')], 'notes', 'other')).toEqual(['pdf'])
  expect(deadNames([installed('pdf')])).toEqual(['pdf'])
})

test('a skill that was used by the name of its folder is not dead', () => {
  expect(deadNames([installed('pdf-fill', { ownNames: ['pdf-fill', 'pdf'] })], 'pdf')).toEqual([])
})

test('the use of a plugin skill may have the name of the plugin, another plugin name, or none', () => {
  const skill = installed('git-tools:commit')
  for (const used of ['git-tools:commit', 'commit', 'git:commit'])
    expect(deadNames([skill], used)).toEqual([])
  expect(deadNames([skill], 'git-tools:push', 'git-tools')).toEqual(['git-tools:commit'])
})

test('the use of a skill of a plugin is not one of the skill of the same name of the user', () => {
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

test('a note counts the uses whose names are placeholders of their kind', () => {
  const uses = [
    someSums({}, { skill_name: 'custom_skill', uses: 1_200 }),
    someSums({}, { skill_name: 'custom_skill', kind: 'command', uses: 30 }),
    someSums({}, { skill_name: 'third-party', uses: 4 }),
    someSums({}, { skill_name: 'custom', uses: 500 }),
    someSums({}, { uses: 500 }),
  ]
  expect(placeholderNote(uses)).toBe(
    '1,234 uses have a placeholder name (custom_skill, third-party) and cannot be assigned, so a skill of ' +
      'this list may have been used. `skillwatch doctor` shows how to record real names.',
  )
  expect(placeholderNote(uses.slice(3))).toBeUndefined()
})
