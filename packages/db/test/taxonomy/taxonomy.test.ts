import { anObservation, aSkillFile } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createProject, listCategories, listClassified, type Writer } from '../../src/index.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { createChangeTaxonomy } from '../../src/sqlite/taxonomy/changes.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed, recordGroups } from '../database.ts'
import { createSave } from '../skill-files/stored.ts'

const createChange = (writer: Writer) => {
  const change = createChangeTaxonomy(new SqliteRecordingStorage(writer))
  return (what: Parameters<typeof change>[1]) => change(PROJECT, what, NOW_MS)
}
const skills = (writer: Writer, query: object = {}) =>
  listClassified(writer, PROJECT, { limit: 100, ...query }).items
const categoriesOf = (writer: Writer, skill_name: string) => skills(writer, { skill_name })[0]?.categories
const LINT = { kind: 'skill' as const, skill_name: 'eslint-fix' }

test('every project begins with the categories and modalities of the seed', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const other = createProject(writer, 'other', NOW_MS).project_id
  const expected = [
    ['Build & Deploy', null, 'deployment'],
    ['Code Quality', null, 'code'],
    ['Documentation', null, 'documentation'],
    ['Git & Version Control', null, 'code'],
    ['Linting & Formatting', 'Code Quality', 'code'],
    ['Testing', null, 'testing'],
  ]
  for (const project of [PROJECT, other])
    expect(
      listCategories(writer, project).map(({ category_name, parent, domain }) => [
        category_name,
        parent,
        domain,
      ]),
    ).toEqual(expected)
  await recordGroups(writer, [parsed(anObservation({ skill_name: 'sphinx-build', invoked_at: NOW_MS }))])
  expect(skills(writer)).toMatchObject([
    {
      skill_name: 'sphinx-build',
      categories: [{ category: 'Build & Deploy' }, { category: 'Documentation' }],
      modality: { modality_type: 'documentation', output_format: 'html_docs', requires_human_review: true },
      review: ['low_confidence', 'human_review'],
    },
  ])
})

test('a scanned skill has the category of the rules for its name and description', () => {
  using database = openTestDatabase()
  const { writer } = database
  const save = createSave(writer)
  save([aSkillFile({ skill_name: 'helper', description: 'Runs pytest on what was changed.' })])
  expect(categoriesOf(writer, 'helper')).toEqual([
    { category: 'Testing', confidence: 0.6, assigned_by: 'rule', rule_id: 'test-description' },
  ])
  save([aSkillFile({ skill_name: 'helper', description: 'Tells the time.' })])
  expect(skills(writer)).toMatchObject([{ categories: [], review: ['no_category'] }])
})

test('a skill that was called and never scanned is classified by its name when it is asked for', async () => {
  using database = openTestDatabase()
  await recordGroups(database.writer, [
    parsed(anObservation({ ...LINT, invoked_at: NOW_MS })),
    parsed(anObservation({ kind: 'tool', skill_name: 'Read', invoked_at: NOW_MS, invocation_id: 'b' })),
  ])
  expect(skills(database.writer)).toMatchObject([
    { ...LINT, categories: [{ category: 'Linting & Formatting', confidence: 0.9, rule_id: 'lint-name' }] },
  ])
})

test('what a person has chosen wins over rules, also at the next scan, until it is withdrawn', () => {
  using database = openTestDatabase()
  const { writer } = database
  const [save, change] = [createSave(writer), createChange(writer)]
  save([aSkillFile(LINT)])
  expect(change({ assign: LINT, to: 'Testing' })).toBe('done')
  save([aSkillFile({ ...LINT, description: 'Formats the code.' })])
  const chosen = { category: 'Testing', confidence: 1, assigned_by: 'person', rule_id: null }
  expect(categoriesOf(writer, LINT.skill_name)).toEqual([chosen])
  expect(change({ assign: LINT, to: null })).toBe('done')
  expect(categoriesOf(writer, LINT.skill_name)).toMatchObject([{ assigned_by: 'rule' }])
})

test('a category that is removed leaves its children to its parent, and its skills to the rules', () => {
  using database = openTestDatabase()
  const { writer } = database
  const [save, change] = [createSave(writer), createChange(writer)]
  save([aSkillFile(LINT)])
  change({ put: 'Style', category: { parent: 'Linting & Formatting', domain: 'code' } })
  change({ assign: LINT, to: 'Linting & Formatting' })
  expect(change({ remove: 'Linting & Formatting' })).toBe('done')
  expect(listCategories(writer, PROJECT)).toContainEqual(
    expect.objectContaining({ category_name: 'Style', parent: 'Code Quality' }),
  )
  expect(categoriesOf(writer, LINT.skill_name)).toEqual([])
})

test('a change that cannot be made is refused, and says why', () => {
  using database = openTestDatabase()
  const change = createChange(database.writer)
  createSave(database.writer)([aSkillFile({ ...LINT, description: null })])
  const modality = {
    modality_type: 'code' as const,
    ...{ input_format: null, output_format: null, requires_human_review: true },
  }
  expect(change({ put: 'A', category: { parent: 'unknown' } })).toBe('no_parent')
  expect(change({ put: 'Code Quality', category: { parent: 'Linting & Formatting' } })).toBe('parent_below')
  expect(change({ put: 'Testing', category: { parent: 'Testing' } })).toBe('parent_below')
  expect(change({ remove: 'unknown' })).toBe('no_category')
  expect(change({ assign: LINT, to: 'unknown' })).toBe('no_category')
  expect(change({ assign: { kind: 'skill', skill_name: 'unknown' }, to: 'Testing' })).toBe('no_skill')
  expect(change({ describe: { kind: 'skill', skill_name: 'unknown' }, modality })).toBe('no_skill')
  expect(change({ describe: LINT, modality })).toBe('done')
  expect(skills(database.writer, { review: true })).toMatchObject([{ modality, review: ['human_review'] }])
})
