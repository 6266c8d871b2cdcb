import { expect, test } from 'vitest'
import { CATEGORY_RULES, classifySkill, SEEDED_CATEGORIES } from '../../src/index.ts'

const namesOf = (skill_name: string, description: string | null = null) =>
  classifySkill({ skill_name, description }).map(({ category }) => category)

test('every rule is about a category of the seed, and has an id of its own', () => {
  const categories = SEEDED_CATEGORIES.map(({ category_name }) => category_name)
  for (const { category } of CATEGORY_RULES) expect(categories).toContain(category)
  expect(new Set(CATEGORY_RULES.map(({ rule_id }) => rule_id)).size).toBe(CATEGORY_RULES.length)
})

// session-buddy's example members and CI skills, each in the category that its name says.
test.each([
  ['ruff-check', 'Linting & Formatting'],
  ['ruff-format', 'Linting & Formatting'],
  ['codespell', 'Linting & Formatting'],
  ['pytest-run', 'Testing'],
  ['pytest-coverage', 'Testing'],
  ['jest-run', 'Testing'],
  ['docker-build', 'Build & Deploy'],
  ['helm-deploy', 'Build & Deploy'],
  ['npm-publish', 'Build & Deploy'],
  ['git-commit', 'Git & Version Control'],
  ['mypy-check', 'Code Quality'],
  ['refactoring-agent', 'Code Quality'],
  ['bandit-security', 'Code Quality'],
  ['doc-generate', 'Documentation'],
])('%s is of %s', (skill_name, category) => {
  expect(namesOf(skill_name)).toEqual([category])
})

test('words are whole, in any case, and a star stands for the rest of a word', () => {
  expect(namesOf('contest')).toEqual([])
  expect(namesOf('prepare')).toEqual([])
  expect(namesOf('TestRunner')).toEqual(['Testing'])
  expect(namesOf('plugin:git')).toEqual(['Git & Version Control'])
})

test('the confidence is that of the strongest rule times the share of its category', () => {
  expect(classifySkill({ skill_name: 'lint-tests', description: 'Runs eslint.' })).toEqual([
    { category: 'Linting & Formatting', confidence: 0.563, rule_id: 'lint-name' },
    { category: 'Testing', confidence: 0.338, rule_id: 'test-name' },
  ])
  expect(classifySkill({ skill_name: 'x', description: null })).toEqual([])
})
