import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fanOut, fanOutBurst } from './fan-out.ts'
import { describeEnvironment, readEnvironment } from './harness/environment.ts'
import { measure, type Row } from './harness/measure.ts'
import type { Question } from './harness/question.ts'
import { highestSteal, toTable } from './harness/table.ts'
import { hook } from './hook.ts'
import { ingestThroughput } from './ingest-throughput.ts'
import { track } from './track.ts'

const QUESTIONS: readonly Question[] = [ingestThroughput, fanOut, fanOutBurst, track, hook]
/** No pair of runs begins later than this after the question's start; all questions together stay below five minutes. */
const QUESTION_BUDGET_MS = 75_000
const STEAL_NOTED = 0.05

const HELP = `npm run bench -- [options]

Measures the questions of bench/, each against its baseline in the same run, and writes bench/results/latest.json.

  --only <name>  one question only: ${QUESTIONS.map(({ name }) => name).join(', ')}
  --runs <n>     counted runs of each side after the warm-up (5)
  --quick        two runs with less work: to see that it works, not to compare
  --help         this text

With --only or --quick nothing is written. Examples:

  npm run bench
  npm run bench -- --only ingest-throughput --runs 9
`

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) console.log(HELP)
else
  await bench().catch((error: Error) => {
    console.error(`bench: ${error.message}`)
    process.exitCode = 1
  })

async function bench(): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new Error(`ended by ${signal}`)))
  }
  const questions = chosen(options.only)
  const runs = parseRuns(options.runs ?? (options.quick ? '2' : '5'))
  const environment = readEnvironment(root, new Date())
  console.log(describeEnvironment(environment))
  const rows: Row[] = []
  for (const question of questions) {
    console.log(`\n${question.name}\n  ours      ${question.asks}\n  baseline  ${question.baseline}`)
    const tell = (progress: string) => console.error(progress)
    const measured = await measure(question, {
      runs,
      quick: options.quick,
      budgetMs: QUESTION_BUDGET_MS,
      signal: stop.signal,
      tell,
    })
    rows.push(...measured)
  }
  const notes = [...rows.flatMap(noteSteal), ...noteLoad(environment.load_average, environment.cores)]
  console.log(`\n${toTable(rows)}`)
  for (const note of notes) console.log(`note: ${note}`)
  if (options.only !== undefined || options.quick) return
  const folder = join(root, 'bench/results')
  const path = join(folder, 'latest.json')
  mkdirSync(folder, { recursive: true })
  const result = { ...environment, load_average_after: loadavg()[0], runs, notes, rows }
  writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`)
  console.log(`\nwritten to ${path}`)
}

function chosen(only: string | undefined): readonly Question[] {
  const questions = QUESTIONS.filter(({ name }) => only === undefined || name === only)
  if (questions.length > 0) return questions
  throw new Error(`there is no question ${only}; there are ${QUESTIONS.map(({ name }) => name).join(', ')}`)
}

function parseRuns(text: string): number {
  const runs = Number(text)
  if (Number.isInteger(runs) && runs >= 1 && runs <= 100) return runs
  throw new Error(`--runs takes a whole number from 1 to 100, not ${text}`)
}

function noteSteal(row: Row): string[] {
  const share = highestSteal(row) ?? 0
  if (share <= STEAL_NOTED) return []
  return [
    `${row.name}: other guests of the host took up to ${(share * 100).toFixed(0)} % of the processors in a run`,
  ]
}

function noteLoad(loadAverage: number, cores: number): string[] {
  if (loadAverage < cores / 4) return []
  return [`the machine was not idle before the first run (load ${loadAverage.toFixed(2)} on ${cores} cores)`]
}
