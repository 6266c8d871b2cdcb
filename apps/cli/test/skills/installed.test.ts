import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { findInstalledSkills, frontmatterName } from '../../src/skills/installed.ts'
import { writeSkill } from './skill-folders.ts'

/** Places and names of the skills below a folder that is both the user's home and a project. */
async function found(home: string, foldersMax?: number) {
  const installed = await findInstalledSkills(join(home, '.claude'), join(home, 'project'), foldersMax)
  const skills = installed.skills.map(({ installedIn, name }) => `${installedIn} ${name}`).sort()
  return { ...installed, skills }
}

test('skills of the user, of the project and of plugins are found, each with its name', async () => {
  using home = temporaryFolder()
  writeSkill(join(home.path, '.claude/skills/pdf'), { name: 'pdf-fill' })
  writeSkill(join(home.path, '.claude/skills/notes'))
  writeSkill(join(home.path, 'project/.claude/skills/deploy'), { name: '"deploy" # quoted' })
  writeSkill(join(home.path, '.claude/plugins/marketplaces/m/git-tools/skills/commit'), { name: 'commit' })
  mkdirSync(join(home.path, '.claude/skills/no-skill'))
  expect(await found(home.path)).toEqual({
    skills: ['plugin git-tools:commit', 'project deploy', 'user notes', 'user pdf-fill'],
    unreadable: [],
    isCut: false,
  })
})

test('a skill has its folder, the time of its SKILL.md, and the names it may be called by', async () => {
  using home = temporaryFolder()
  const folder = join(home.path, '.claude/skills/pdf')
  writeSkill(folder, { name: 'pdf-fill', changedAt: '2026-01-02T03:04:05Z' })
  const { skills } = await findInstalledSkills(join(home.path, '.claude'), home.path)
  expect(skills).toEqual([
    {
      name: 'pdf-fill',
      ownNames: ['pdf-fill', 'pdf'],
      installedIn: 'user',
      path: folder,
      changedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    },
  ])
})

test('in the home folder the skills of the user are not those of a project too', async () => {
  using home = temporaryFolder()
  writeSkill(join(home.path, '.claude/skills/pdf'))
  const { skills } = await findInstalledSkills(join(home.path, '.claude'), home.path)
  expect(skills.map(({ installedIn }) => installedIn)).toEqual(['user'])
})

test('a link to the folder of a skill is followed', async () => {
  using home = temporaryFolder()
  writeSkill(join(home.path, 'repository/pdf'))
  mkdirSync(join(home.path, '.claude/skills'), { recursive: true })
  symlinkSync(join(home.path, 'repository/pdf'), join(home.path, '.claude/skills/linked'))
  expect((await found(home.path)).skills).toEqual(['user linked'])
})

test('only plugins that Claude Code lists as installed count, under the names in that list', async () => {
  using home = temporaryFolder()
  const plugins = join(home.path, '.claude/plugins')
  const installPath = join(plugins, 'cache/market/git-tools/1.2.0')
  writeSkill(join(installPath, 'skills/commit'))
  writeSkill(join(plugins, 'cache/market/git-tools/1.1.0/skills/commit'))
  writeSkill(join(plugins, 'marketplaces/market/other/skills/never-installed'))
  const list = {
    version: 2,
    plugins: {
      'git-tools@market': [{ scope: 'user', installPath }, 'nonsense', { installPath: 5 }],
      'removed@market': { installPath: join(plugins, 'cache/market/removed/1.0.0') },
    },
  }
  writeFileSync(join(plugins, 'installed_plugins.json'), JSON.stringify(list))
  expect((await found(home.path)).skills).toEqual(['plugin git-tools:commit'])

  writeFileSync(join(plugins, 'installed_plugins.json'), 'no JSON')
  expect((await found(home.path)).skills).toEqual([
    'plugin 1.1.0:commit',
    'plugin 1.2.0:commit',
    'plugin other:never-installed',
  ])
})

test('without any of the folders nothing is found', async () => {
  using home = temporaryFolder()
  expect(await found(home.path)).toEqual({ skills: [], unreadable: [], isCut: false })
})

test('the search for plugins ends after a number of folders, and the result says so', async () => {
  using home = temporaryFolder()
  for (const name of ['a', 'b', 'c'])
    writeSkill(join(home.path, `.claude/plugins/${name}/skills/one`), { name })
  // Each plugin has three folders: its own, `skills`, and the one of its skill.
  expect(await found(home.path, 9)).toMatchObject({ isCut: false, skills: { length: 3 } })
  expect(await found(home.path, 8)).toMatchObject({ isCut: true })
  expect(await found(home.path, 3)).toMatchObject({ isCut: true, skills: { length: 1 } })
})

test('plugins are searched to a bounded depth, and neither in node_modules nor through links', async () => {
  using home = temporaryFolder()
  const plugins = join(home.path, '.claude/plugins')
  writeSkill(join(plugins, '1/2/3/4/5/6/skills/deep'))
  writeSkill(join(plugins, '1/2/3/4/5/6/7/8/skills/too-deep'))
  writeSkill(join(plugins, 'node_modules/package/skills/foreign'))
  symlinkSync(plugins, join(plugins, 'circle'))
  expect((await found(home.path)).skills).toEqual(['plugin 6:deep'])
})

test.each([
  ['---\nname: pdf\n---\n', 'pdf'],
  ['\uFEFF---\r\nname: pdf\r\ndescription: x\r\n---\r\ntext', 'pdf'],
  ["---\ndescription: x\nname:   'pdf fill'  # comment\n---", 'pdf fill'],
  ['---\nname: pdf # comment\n---', 'pdf'],
  ['---\nname: c#-tools\n---', 'c#-tools'],
  ['---\nmetadata:\n  name: inner\n---\nname: body\n', undefined],
  ['---\nname:\ndescription: x\n---', undefined],
  ['---\nname: ""\n---', undefined],
  ['# no frontmatter\nname: pdf\n', undefined],
  ['# no frontmatter\n---\nname: body\n---\n', undefined],
  ['---\nname: never ends\n', undefined],
  ['', undefined],
])('the name in the frontmatter of %j is %s', (text, name) => {
  expect(frontmatterName(text)).toBe(name)
})
