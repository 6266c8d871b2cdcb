import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ClassifiedSkill, HygieneReply } from '@skillwatch/schema'
import { machineNowMs } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

const stack = new AsyncDisposableStack()
let own: OwnEnvironment
let home: string
let project: string
beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  home = own.env.HOME!
  project = join(home, 'web')
  mkdirSync(join(project, '.git'), { recursive: true })
  mkdirSync(join(project, 'packages/site'), { recursive: true })
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
}, 60_000)
afterAll(() => stack.disposeAsync())

const run = (args: string[], columns?: number) =>
  runHere(args, own.env, { ...(columns !== undefined && { columns }) })
const scan = async (...args: string[]) => {
  const dir = join(project, 'packages/site')
  const { stdout, stderr, code } = await run(['skills', 'scan', '--dir', dir, '--json', ...args])
  return { ...JSON.parse(stdout), code, stderr: stderr.replaceAll(/\s+/g, ' ') }
}
const shown = async <T>(...args: string[]): Promise<T> => JSON.parse((await run([...args, '--json'])).stdout)

function write(path: string, text: string): void {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const skill = (name: string, description: string) =>
  `---\nname: ${name}\ndescription: ${description}\n---\n\n# The text is private-body\n`
const PDF = 'Extract text and tables from PDF files, fill forms, merge documents.'

test('before the first scan, a note says how to scan', async () => {
  const { code, stdout, stderr } = await run(['hygiene'])
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain('No skills are known yet: `skillwatch skills scan` reads them.')
})

test('files of the user, of the project and of plugins are found, each with its name and place', async () => {
  write('.claude/skills/pdf/SKILL.md', skill('pdf', PDF))
  write('.claude/commands/ops/deploy.md', '---\ndescription: >-\n  Deploy to\n  production.\n---\nGo.')
  write('.claude/agents/reviewer.md', skill('code-reviewer', 'Reviews code.'))
  write('web/.claude/skills/pdf-tools/SKILL.md', skill('pdf-tools', `${PDF} Use it for PDF files.`))
  write('web/packages/site/.claude/skills/lint/SKILL.md', skill('eslint-fix', 'Fixes lint.'))
  const installPath = join(home, '.claude/plugins/cache/m/git/1.0.0')
  write(
    '.claude/plugins/cache/m/git/1.0.0/skills/commit/SKILL.md',
    skill('commit', 'Writes a commit message.'),
  )
  const list = { plugins: { 'git@m': [{ installPath }] } }
  write('.claude/plugins/installed_plugins.json', JSON.stringify(list))
  const dry = await scan('--dry-run')
  expect(dry).toMatchObject({ code: 0, stored: null, problems: [] })
  const places = dry.files.map((file: Record<string, unknown>) => [
    file.kind,
    file.skill_name,
    file.source,
    file.repository ?? file.plugin ?? null,
    file.description,
  ])
  expect(places.sort()).toEqual([
    ['agent', 'code-reviewer', 'user', null, 'Reviews code.'],
    ['command', 'deploy', 'user', null, 'Deploy to production.'],
    ['skill', 'eslint-fix', 'project', 'web', 'Fixes lint.'],
    ['skill', 'git:commit', 'plugin', 'git', 'Writes a commit message.'],
    ['skill', 'pdf', 'user', null, PDF],
    ['skill', 'pdf-tools', 'project', 'web', `${PDF} Use it for PDF files.`],
  ])
  expect((await scan()).stored).toMatchObject({ inserted: 6 })
  expect((await scan()).stored).toMatchObject({ inserted: 0, updated: 0, unchanged: 6 })
})

test('neither the text of a file nor its path nor the name of the machine leaves this machine', async () => {
  const { files } = await scan('--dry-run')
  expect(JSON.stringify(files)).not.toContain('private-body')
  expect(JSON.stringify(files)).not.toContain(home)
})

test('a damaged or unreadable file is named, and the others are read', async () => {
  write('.claude/skills/bad/SKILL.md', '---\nname: [\ndescription: x\n---\n')
  write('.claude/skills/large/SKILL.md', 'x'.repeat(1_048_577))
  const found = await scan()
  expect(found.problems).toEqual([
    { path: join(home, '.claude/skills/bad/SKILL.md'), reason: 'has front matter that is not YAML' },
    { path: join(home, '.claude/skills/large/SKILL.md'), reason: 'is larger than 1048576 bytes' },
  ])
  expect(found.stderr).toContain('skills/large/SKILL.md is larger than 1048576 bytes.')
  expect(found.stored).toMatchObject({ inserted: 1, removed: 0 })
  expect(found.scopes).toContainEqual({ source: 'user', complete: false })
  rmSync(join(home, '.claude/skills/bad'), { recursive: true })
  rmSync(join(home, '.claude/skills/large'), { recursive: true })
  expect((await scan()).stored).toMatchObject({ removed: 1 })
})

test('hygiene says what is nearly the same, what fails, and what descriptions cost', async () => {
  const at = (index: number) => machineNowMs() - 3_600_000 + index * 1_000
  const prompt = { session_id: 's', prompt_id: 'p' }
  await record(
    own,
    { ...prompt, invocation_id: 'use', skill_name: 'pdf', invoked_at: at(0), outcome: 'completed' },
    ...Array.from({ length: 30 }, (_, index) => ({
      ...{ ...prompt, invocation_id: `call-${index}`, kind: 'tool', skill_name: 'Bash' },
      ...{ invoked_at: at(index + 1), outcome: index < 15 ? 'failed' : 'completed' },
    })),
  )
  const reply = async () => shown<HygieneReply>('hygiene')
  await expect.poll(async () => (await reply()).failing.total, { timeout: 10_000 }).toBe(1)
  const { failing, near_duplicates, context_cost, unused, not_judged, skills } = await reply()
  expect(failing.items).toMatchObject([
    { skill_name: 'pdf', uses: 1, calls: 30, failed_calls: 15, failed_share: 0.5 },
  ])
  expect(near_duplicates.items).toMatchObject([
    { a: { skill_name: 'pdf' }, b: { skill_name: 'pdf-tools' }, identical: false },
  ])
  expect(context_cost).toMatchObject({ method: 'characters / 4', places: { length: 3 } })
  // The others have no call. The file system says how old they are, and has a clock of its own.
  expect([skills, unused.total + not_judged.installed_lately]).toEqual([6, 5])
})

test('in a terminal of 80 columns all lines of hygiene fit', async () => {
  const { stdout } = await run(['hygiene'], 80)
  const lines = stdout.split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(lines).toContain('To mend: too many of their calls fail (1)')
  expect(lines).toContain('Nearly the same (1)')
})

test('rules assign categories, a person chooses another one, and withdraws it', async () => {
  const of = async (name: string) =>
    (await shown<ClassifiedSkill[]>('taxonomy', 'list')).find(({ skill_name }) => skill_name === name)
  expect(await of('eslint-fix')).toMatchObject({
    categories: [{ category: 'Linting & Formatting', assigned_by: 'rule', rule_id: 'lint-name' }],
  })
  expect((await run(['taxonomy', 'add', 'Web', '--parent', 'Testing'])).code).toBe(0)
  expect((await run(['taxonomy', 'assign', 'eslint-fix', 'Web'])).stderr).toBe(
    'skill eslint-fix is of Web.\n',
  )
  await scan()
  expect(await of('eslint-fix')).toMatchObject({ categories: [{ category: 'Web', confidence: 1 }] })
  const tree = (await run(['taxonomy', 'list', '--categories'])).stdout
  expect(tree).toMatch(/\nTesting .*\n {2}Web /)
  await run(['taxonomy', 'assign', 'eslint-fix', '--none'])
  expect(await of('eslint-fix')).toMatchObject({ categories: [{ assigned_by: 'rule' }] })
  expect((await run(['taxonomy', 'remove', 'Web'])).code).toBe(0)
  const rules = (await run(['taxonomy', 'rules'])).stdout
  expect(rules).toMatch(/lint-name +Linting & Formatting +0\.90 +name +lint\* format\*/)
})

test('a person says what a skill reads and makes, and review names it when its results need one', async () => {
  const said = await run([
    ...['taxonomy', 'modality', 'eslint-fix', 'code'],
    ...['--input', 'javascript', '--output', 'diagnostics', '--review'],
  ])
  expect([said.code, said.stderr]).toEqual([0, 'skill eslint-fix has the modality code.\n'])
  const [reviewed] = (await shown<ClassifiedSkill[]>('taxonomy', 'review')).filter(
    ({ skill_name }) => skill_name === 'eslint-fix',
  )
  expect(reviewed).toMatchObject({
    modality: { modality_type: 'code', input_format: 'javascript', output_format: 'diagnostics' },
    review: ['human_review'],
  })
  expect((await run(['taxonomy', 'modality', 'eslint-fix', 'code'])).code).toBe(0)
  const after = await shown<ClassifiedSkill[]>('taxonomy', 'list')
  expect(after.find(({ skill_name }) => skill_name === 'eslint-fix')).toMatchObject({
    modality: { modality_type: 'code', input_format: null, requires_human_review: false },
    review: [],
  })
})

test('review shows what no rule matches', async () => {
  write('.claude/skills/odd/SKILL.md', skill('zzz', 'Does it.'))
  await scan()
  const { stdout } = await run(['taxonomy', 'review'])
  expect(stdout).toMatch(/zzz .*no rule matches/)
})

test.each([
  [['taxonomy', 'assign', 'pdf', 'Unknown'], 'there is no such category'],
  [['taxonomy', 'assign', 'pdf'], 'give either a category or --none'],
  [['taxonomy', 'assign', 'nothing', 'Testing'], 'no skill "nothing" is known'],
  [
    ['taxonomy', 'modality', 'pdf', 'music'],
    'Allowed choices are code, documentation, testing, deployment.',
  ],
  [['taxonomy', 'add', 'Testing', '--parent', 'Testing'], 'the parent is the category itself'],
  [['hygiene', '--days', '2'], 'Expected a whole number from 7 to 365.'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run(args)
  expect(code).not.toBe(0)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
})

test('a deleted skill is gone from hygiene and taxonomy', async () => {
  expect((await run(['delete', '--skill', 'pdf', '--yes'])).code).toBe(0)
  const skills = await shown<ClassifiedSkill[]>('taxonomy', 'list')
  expect(skills.map(({ skill_name }) => skill_name)).not.toContain('pdf')
  expect((await shown<HygieneReply>('hygiene')).near_duplicates.total).toBe(0)
})
