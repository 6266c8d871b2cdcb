import { parseArgs } from 'node:util'
import { LONG_QUESTIONS, SHORT_QUESTIONS } from './questions.ts'

export const HELP = `npm run bench -- [options] [question...]

Measures speed and size, each against a baseline in the same run. Without a question it measures the short
ones and writes bench/results/latest.json; with a question it measures that one and does not write this file.

Short questions: ${SHORT_QUESTIONS}
Long questions:  ${LONG_QUESTIONS}

  --runs <n>     counted runs of each side after the warm-up (5)
  --rows <n>     calls in the database, for disk, deletion and random-ids
  --quick        two runs with less work: to see that it works, not to compare
  --json <file>  write the results to this file too
  --help         this text

Examples:

  npm run bench
  npm run bench -- update-mix --runs 9
  npm run bench -- deletion --rows 1000000
`

export interface Options {
  readonly help: boolean
  readonly names: readonly string[]
  readonly quick: boolean
  readonly runs: number
  readonly rows: number | undefined
  readonly json: string | undefined
}

/** @throws {Error} naming the option that is not understood */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      rows: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { help, quick, json } = values
  const runs = wholeNumber('--runs', values.runs ?? (quick ? '2' : '5'), 100)
  const rows = values.rows === undefined ? undefined : wholeNumber('--rows', values.rows, 10_000_000)
  return { help, quick, json, runs, rows, names: positionals }
}

function wholeNumber(option: string, text: string, max: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= max) return number
  throw new Error(`${option} takes a whole number from 1 to ${max}, not ${text}`)
}
