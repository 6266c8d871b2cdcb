import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeEnvironment, type Environment, readEnvironment } from './harness/environment.ts'
import { measure, type Row } from './harness/measure.ts'
import type { Question } from './harness/question.ts'
import { highestSteal, toTable } from './harness/table.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { chooseQuestions } from './questions.ts'

/** No pair of runs begins later than this after the first pair of its question. */
const BUDGET_MS = 75_000
const LONG_BUDGET_MS = 400_000
const STEAL_NOTED = 0.05
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(HELP)
  else await bench(options)
} catch (error) {
  console.error(`bench: ${(error as Error).message}`)
  process.exitCode = 1
}

async function bench(options: Options): Promise<void> {
  const questions = chooseQuestions(options.names)
  const environment = readEnvironment(ROOT, new Date())
  console.log(describeEnvironment(environment))
  const rows = await measureAll(questions, options, abortOnSignals())
  const notes = [...rows.flatMap(noteSteal), ...noteLoad(environment)]
  console.log(`\n${toTable(rows)}`)
  for (const note of notes) console.log(`note: ${note}`)
  const result = { ...environment, load_average_after: loadavg()[0], runs: options.runs, notes, rows }
  if (options.json !== undefined) writeResult(options.json, result)
  if (options.names.length === 0 && !options.quick)
    writeResult(join(ROOT, 'bench/results/latest.json'), result)
}

async function measureAll(
  questions: readonly Question[],
  options: Options,
  signal: AbortSignal,
): Promise<Row[]> {
  const rows: Row[] = []
  const report = (progress: string) => console.error(progress)
  for (const question of questions) {
    console.log(`\n${question.name}\n  ours      ${question.asks}\n  baseline  ${question.baseline}`)
    const budgetMs = question.isLong ? LONG_BUDGET_MS : BUDGET_MS
    rows.push(...(await measure(question, { ...options, budgetMs, signal, report })))
  }
  return rows
}

function abortOnSignals(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new Error(`ended by ${signal}`)))
  }
  return stop.signal
}

function writeResult(path: string, result: object): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`)
  console.log(`\nwritten to ${path}`)
}

function noteSteal(row: Row): string[] {
  const share = highestSteal(row) ?? 0
  if (share <= STEAL_NOTED) return []
  return [`${row.name}: other guests of the host took up to ${(share * 100).toFixed(0)} % of the processors`]
}

function noteLoad({ load_average, cores }: Environment): string[] {
  if (load_average < cores / 4) return []
  return [
    `the machine was not idle before the first run (load ${load_average.toFixed(2)} on ${cores} cores)`,
  ]
}
