import { PassThrough } from 'node:stream'
import { fixedClock, runProgram } from '@skillwatch/testkit'
import { Help } from 'commander'
import { expect, test } from 'vitest'
import { COMMANDS } from '../src/commands.ts'
import { createContext, type World } from '../src/context.ts'
import { createProgram } from '../src/program.ts'
import { REPOSITORY_ROOT } from '../src/settings.ts'
import { columns } from '../src/text.ts'
import { CLI_BIN, runCli, runHere } from './run-cli.ts'

function aWorld() {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  return { stdout, stderr, env: {}, signal: new AbortController().signal, nowMs: fixedClock } satisfies World
}

const program = await createProgram(createContext(aWorld()), () => true)

interface Line {
  readonly name: string
  readonly path: string[]
  /** Whether it only gathers other commands. */
  readonly isGroup: boolean
}

function commandLines(command: typeof program, path: string[]): Line[] {
  const line = { name: ['skillwatch', ...path].join(' '), path, isGroup: command.commands.length > 0 }
  return [line, ...command.commands.flatMap((child) => commandLines(child, [...path, child.name()]))]
}

test.each(commandLines(program, []))('the help of `$name` has examples', async ({ path, isGroup }) => {
  const { code, stdout, stderr } = await runHere([...path, '--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  if (!isGroup) expect(stdout).toContain('Examples:')
  expect(stdout.replaceAll(REPOSITORY_ROOT, '<repository>')).toMatchSnapshot()
})

test.each(commandLines(program, []))(
  'at 80 columns every line of the help of `$name` fits',
  async ({ path }) => {
    const { stdout } = await runHere([...path, '--help'], {}, { columns: 80 })
    expect(stdout.split('\n').filter((line) => columns(line) > 80)).toEqual([])
  },
)

test('the help lists every command as the command shows itself', () => {
  const help = new Help()
  for (const { name, usage } of COMMANDS) {
    const command = program.commands.find((each) => each.name() === name)!
    expect(`${name} ${usage}`.trimEnd()).toBe(help.subcommandTerm(command))
  }
})

test('the help loads no package but commander', async () => {
  const hook = `import { registerHooks } from 'node:module'
    registerHooks({ load(url, context, next) {
      const name = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]
      if (name) process.stderr.write(name + ' ')
      return next(url, context)
    } })`
  const preload = `data:text/javascript,${encodeURIComponent(hook)}`
  const { code, stderr } = await runProgram({ args: ['--import', preload, CLI_BIN, '--help'] })
  expect({ code, packages: [...new Set(stderr.trim().split(' '))] }).toEqual({
    code: 0,
    packages: ['commander'],
  })
})

test('without arguments and without a server the way to both and to the help is shown', async () => {
  const { code, stderr } = await runHere([], { SKILLWATCH_GATEWAY_URL: 'http://127.0.0.1:1' })
  expect(code).toBe(1)
  expect(stderr).toMatch(/start it with `npm start`.*\n`skillwatch --help` lists all commands\.\n$/)
})

test('the version is that of the package', async () => {
  expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' })
})

test.each([
  [['tial'], /unknown command 'tial'\n\(Did you mean tail\?\)\nSee `skillwatch --help`/],
  [
    ['tail', '--kind', 'skil'],
    /--kind <kind\.\.\.>' argument 'skil' is invalid\. Allowed choices are skill/,
  ],
  [['tail', '--no-follow', '--from', 'now'], /--from now leaves them out: give only one/],
  [['tail', '--lines', '5', '--from', 'start'], /cannot be used with option '-n, --lines <number>'/],
  [['tail', '--lines', 'all'], /Expected a number from 0 to 100000/],
  [['tail', '--url', 'nonsense'], /--url must be an address such as http:/],
  [['doctor', '--url', 'http://host:8766'], /Expected http:\/\/<host> without a port/],
  [
    ['keys', 'create', '--name', 'a'],
    /required option '--scope <scopes>' not specified\nSee `skillwatch keys create --help`/,
  ],
  [
    ['keys', 'create', '--name', 'a', '--scope', 'all'],
    /"all" is not one of ingest, read, findings, experiments, admin/,
  ],
  [['doctor', '--loud'], /unknown option '--loud'/],
])('the wrong command line %j ends with 2 and a hint', async (args, message) => {
  const { code, stdout, stderr } = await runHere(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})
