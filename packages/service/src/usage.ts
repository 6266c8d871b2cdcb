import type { TObject } from 'typebox'
import { VERSION } from './version.ts'

/** How a service describes itself. */
export interface ServiceDescription {
  /** One sentence. */
  readonly summary: string
  /** Made by `environmentSchema`. */
  readonly environment: TObject
}

const LINE_LENGTH = 100
const INDENT = '      '

/**
 * The answer to command line arguments, or undefined without any. A service is configured by its
 * environment; the only arguments are `--help` and `--version`.
 */
export function answerArguments(
  name: string,
  description: ServiceDescription,
  args: readonly string[],
): { text: string; exitCode: 0 | 2 } | undefined {
  const [argument] = args
  if (argument === undefined) return undefined
  if (argument === '--help' || argument === '-h') return { text: usage(name, description), exitCode: 0 }
  if (argument === '--version' || argument === '-V') return { text: VERSION, exitCode: 0 }
  return {
    text: `${name}: takes no ${argument}; it is configured by its environment, see --help`,
    exitCode: 2,
  }
}

function usage(name: string, { summary, environment }: ServiceDescription): string {
  const variables = Object.entries(environment.properties).map(([variable, schema]) =>
    describe(variable, schema),
  )
  const command = `Usage: node apps/${name}/bin.mjs [--help | --version]`
  return [command, summary, 'Environment:', ...variables].join('\n\n')
}

function describe(variable: string, schema: TObject['properties'][string]): string {
  const { default: standard, enum: allowed, description } = schema as VariableDescription
  const choices = allowed === undefined ? '' : `, one of ${allowed.join(', ')}`
  const value = standard === undefined || standard === '' ? 'none' : String(standard)
  return `  ${variable}\n${wrap(description)}\n${wrap(`Default: ${value}${choices}`)}`
}

interface VariableDescription {
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly description: string
}

function wrap(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line === '') lines[lines.length - 1] = word
    else if (INDENT.length + line.length + 1 + word.length <= LINE_LENGTH)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => INDENT + line).join('\n')
}
