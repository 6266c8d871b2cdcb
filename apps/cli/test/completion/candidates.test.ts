import { PassThrough } from 'node:stream'
import { fixedClock } from '@skillwatch/testkit'
import { Argument } from 'commander'
import { describe, expect, test } from 'vitest'
import { candidatesFor, type FindValues } from '../../src/completion/candidates.ts'
import { createContext } from '../../src/context.ts'
import { createProgram } from '../../src/program.ts'

const [stdout, stderr] = [new PassThrough(), new PassThrough()]
const signal = new AbortController().signal
const program = await createProgram(
  createContext({ stdout, stderr, env: {}, signal, nowMs: fixedClock }),
  () => true,
)

/** Answers with the name of what is asked for, and the beginning. */
const nameOf: FindValues = async (of, beginning) => {
  const name = of instanceof Argument ? `<${of.name()}>` : of.long!
  return [{ value: `${name} ${beginning}`, description: '' }]
}

/** The candidates of a line; its last word may be empty. */
async function complete(line: string): Promise<string[]> {
  const candidates = await candidatesFor(line.split(' '), program, nameOf)
  return candidates === 'paths' ? [] : candidates.map(({ value }) => value)
}

describe('a command', () => {
  test('is completed with its summary, also beneath another one and after help', async () => {
    expect(await candidatesFor(['tai'], program, nameOf)).toEqual([
      { value: 'tail', description: 'show invocations live' },
    ])
    expect(await complete('import nd')).toEqual(['ndjson'])
    expect(await complete('help ta')).toEqual(['tail', 'taxonomy'])
    expect(await complete('keys help re')).toEqual(['revoke'])
  })

  test('without a beginning is any, in the order of the help', async () => {
    const commands = await complete('')
    expect(commands.slice(0, 3)).toEqual(['start', 'overview', 'import'])
    expect(commands.at(-1)).toBe('help')
  })
})

describe('an option', () => {
  test('is completed by its long name, and after a letter by its short one', async () => {
    expect(await complete('tail --k')).toEqual(['--kind'])
    expect(await complete('tail -n')).toEqual(['-n'])
    expect(await complete('--v')).toEqual(['--version'])
  })

  test('is offered without a dash where nothing else can follow', async () => {
    expect(await complete('tail ')).toContain('--skill')
    expect(await complete('tail --json ')).toContain('--skill')
  })

  test('that is deprecated is not offered', async () => {
    expect(await complete('tail --')).not.toContain('--gateway-url')
    expect(await complete('tail --')).toContain('--url')
  })
})

describe('a value', () => {
  test.each([
    ['tail --kind s', '--kind s'],
    ['tail --kind skill ', '--kind '],
    ['tail --kind skill --outcome f', '--outcome f'],
    ['tail --kind=s', '--kind=--kind s'],
    ['tail -n ', '--lines '],
    ['delete --session ', '--session '],
    ['show 3f', '<name> 3f'],
    ['show --full 3f', '<name> 3f'],
    ['usage --since 1d we', '<period> we'],
    ['import ndjson ', '<file> '],
    ['run --skill x -- /bin/l', '<command> /bin/l'],
    ['run --skill x ls -', '<command> -'],
    ['completion ', '<shell> '],
  ])('is found for `%s`', async (line, value) => {
    expect(await complete(line)).toEqual([value])
  })

  test('follows only the arguments that a command takes', async () => {
    expect(await complete('show 3f2a x')).toEqual([])
    expect(await complete('nonsense x')).toEqual([])
  })

  test('of an option that takes none is not asked for', async () => {
    expect(await complete('tail --json=')).toEqual([])
    expect(await complete('tail --nonsense=')).toEqual([])
  })
})
