import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { CALLS_PER_TURN, fillWithTurns } from './parts/fill-turns.ts'

const ROWS = 1_000_000
const QUICK_ROWS = 16_000
/** The baseline has a tenth of the calls. */
const SHARE = 10
const PROGRAM = fileURLToPath(new URL('../../apps/analyst/scripts/measure-runs.ts', import.meta.url))

/**
 * What does a run of the analyst cost, and does that grow with the history?
 *
 * Ours: 1,000,000 calls (`--rows`) of 1,000 skills over 90 days. Measured are a run that replays all its
 * weeks, as at a start, with the largest memory of its process, and the run of the next hour, in which
 * nothing else has changed: the median of five, each in a process of its own, whose start is measured too.
 * Baseline: the same with a tenth of the calls, of as many skills.
 */
export const analysis: Question = {
  name: 'analysis',
  asks: 'a run of the analyst, and the one an hour later, with 1,000,000 calls (--rows)',
  baseline: 'the same with a tenth of the calls',
  measures: [
    { name: 'analysis_replay', unit: 's', goal: 30 },
    { name: 'analysis_memory', unit: 'MiB', goal: 300 },
    { name: 'analysis_next_hour', unit: 's', goal: 3, ratioGoal: 1.5 },
  ],
  isMeasuredOnce: true,
  isLong: true,
  open,
}

async function open({ quick, rows = quick ? QUICK_ROWS : ROWS }: QuestionOptions): Promise<OpenQuestion> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const [large, small] = [`${folder.path}/large.db`, `${folder.path}/small.db`]
  await fillWithTurns(large, Math.ceil(rows / CALLS_PER_TURN))
  await fillWithTurns(small, Math.ceil(rows / SHARE / CALLS_PER_TURN))
  const running = stack.move()
  return {
    ours: () => analyse(large),
    baseline: () => analyse(small),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Two runs in a process of their own. */
async function analyse(path: string): Promise<Values> {
  const child = fork(PROGRAM, [path, String(Date.now())])
  const exited = once(child, 'exit')
  const [values] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => {
      throw new Error(`the analysis ended with code ${code}`)
    }),
  ])) as [Values]
  await exited
  return values
}
