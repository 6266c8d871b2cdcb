import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inheritedEnvironment } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith, type Part, runs } from './support/parts.ts'
import { record } from './support/post.ts'
import { ROOT } from './support/repository.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'
import { openTerminal } from './support/terminal.ts'

const PROGRAM = `${process.execPath} ${join(ROOT, 'apps/cli/bin.mjs')}`
const TAB = '\t'
const NOWHERE = { SKILLWATCH_URL: 'http://127.0.0.1:1' }

/** What a person types before Tab, and what becomes of it. */
const LINES = [
  ['skillwatch tai', 'skillwatch tail'],
  ['skillwatch help ses', 'skillwatch help sessions'],
  ['skillwatch tail --kind=sk', 'skillwatch tail --kind=skill'],
  ['skillwatch tail --kind mcp --outcome fai', 'skillwatch tail --kind mcp --outcome failed'],
  ['skillwatch tail --skill plugin:p', 'skillwatch tail --skill plugin:pdf-fill'],
  ['skillwatch show 3f2a', 'skillwatch show 3f2a9c11-77aa'],
  ['skillwatch import ndjson ./call', 'skillwatch import ndjson ./calls.ndjson'],
  ['npx skillwatch usage wee', 'npx skillwatch usage weekly'],
] as const

let skillwatch: Skillwatch
/** A file that exists when a shell has obeyed the name of a skill. */
let obeyed: string

beforeAll(async () => {
  skillwatch = await createSkillwatch()
  await Promise.all([skillwatch.start('ingest'), skillwatch.start('ws-gateway')])
  obeyed = join(skillwatch.folder, 'obeyed')
  writeFileSync(join(skillwatch.folder, 'calls.ndjson'), '')
  const call = { session_id: '3f2a9c11-77aa', outcome: 'completed' } as const
  const names = ['plugin:pdf-fill', `$(touch ${obeyed})`, `\`touch ${obeyed}\``, `;touch ${obeyed};`]
  await record(
    skillwatch.urls.ingest,
    names.map((skill_name) => ({ ...call, skill_name })),
    'json',
  )
})
afterAll(() => skillwatch[Symbol.asyncDispose]())

const INTERACTIVE: readonly { part: Part; rcFile: string; command: (folder: string) => string }[] = [
  {
    part: { name: 'bash 5 and script', isPresent: () => runs('bash', '-c', '((BASH_VERSINFO >= 5))') },
    rcFile: 'bashrc',
    command: (folder) => `bash --noprofile --rcfile ${folder}/bashrc -i`,
  },
  {
    part: { name: 'zsh and script', isPresent: () => runs('zsh', '--version') },
    rcFile: '.zshrc',
    command: (folder) => `ZDOTDIR=${folder} zsh -d -i`,
  },
]

for (const { part, rcFile, command } of INTERACTIVE) {
  const shell = part.name.split(' ')[0]!
  describeWith(part, `completion in ${shell}`, () => {
    /** Opens the shell as a person configures it, but with commands that only print their line. */
    const open = (env: Readonly<Record<string, string>>) => {
      const { folder } = skillwatch
      const lines = [
        `PS1='ready> '`,
        `eval "$(${PROGRAM} completion ${shell})"`,
        `skillwatch() { echo "line<skillwatch $*>"; }`,
        `npx() { echo "line<npx $*>"; }`,
        `cd ${folder}`,
      ]
      writeFileSync(join(folder, rcFile), `${lines.join('\n')}\n`)
      return openTerminal(command(folder), { ...skillwatch.env, ...env })
    }
    const lineIn = (shown: string) => /line<(.*?)\s*>/.exec(shown)?.[1]

    test('Tab completes commands, options, values, names and paths, also after npx', async () => {
      await using terminal = await open({})
      const completed: (string | undefined)[] = []
      for (const [typed] of LINES) completed.push(lineIn(await terminal.enter(typed + TAB)))
      expect(completed).toEqual(LINES.map(([, line]) => line))
    })

    test('names that a shell would obey are neither offered nor obeyed', async () => {
      await using terminal = await open({})
      const line = lineIn(await terminal.enter(`skillwatch tail --skill ${TAB}`))
      expect(line).toBe('skillwatch tail --skill plugin:pdf-fill')
      expect(existsSync(obeyed)).toBe(false)
    })

    test('without a server Tab does nothing to a name, and says nothing', async () => {
      await using terminal = await open(NOWHERE)
      const shown = await terminal.enter(`skillwatch show 3f2a${TAB}`)
      expect(lineIn(shown)).toBe('skillwatch show 3f2a')
      expect(shown).not.toMatch(/error|not found/)
    })
  })
}

const fish: Part = { name: 'fish', isPresent: () => runs('fish', '--version') }

describeWith(fish, 'completion in fish', () => {
  /** The last words that fish offers for a line. */
  const offered = (line: string, env: Readonly<Record<string, string>> = {}): string[] => {
    const code = `${PROGRAM} completion fish | source; cd ${skillwatch.folder}; complete -C $argv[1]`
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', code, line], {
      env: { ...inheritedEnvironment(), ...skillwatch.env, ...env },
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    return stdout.split('\n').flatMap((each) => (each === '' ? [] : each.split('\t')[0]!))
  }

  test.each(LINES)('`%s` becomes `%s`', (typed, line) => {
    expect(offered(typed)).toEqual([line.split(' ').at(-1)])
  })

  test('names that a shell would obey are neither offered nor obeyed', () => {
    expect(offered('skillwatch tail --skill ')).toEqual(['plugin:pdf-fill'])
    expect(existsSync(obeyed)).toBe(false)
  })

  test('a substitution in the line is not run by completing it', () => {
    offered(`skillwatch show (touch ${obeyed}) `)
    expect(existsSync(obeyed)).toBe(false)
  })

  test('without a server nothing is offered', () => {
    expect(offered('skillwatch show 3f2a', NOWHERE)).toEqual([])
  })
})
