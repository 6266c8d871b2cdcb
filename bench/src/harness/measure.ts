import { readProcessorTimes, stealShare } from './processor-time.ts'
import type { Measure, Question, QuestionOptions, Values } from './question.ts'
import { type Summary, summarise } from './statistics.ts'

/** One run of ours and the run of the baseline that followed it. */
export interface Pair {
  readonly ours: Values
  readonly baseline: Values
  /** Part of all processor time that other guests of the host took, 0 to 1. */
  readonly steal: number | undefined
  readonly baseline_steal: number | undefined
}

/** A line of the results; `value`, `baseline` are medians and `ratio` is the first divided by the second. */
export interface Row {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly baseline: number
  readonly ratio: number
  readonly goal: number | null
  readonly ratio_goal: number | null
  readonly value_spread: Summary
  readonly baseline_spread: Summary
  /** Of the ratios of the single pairs. */
  readonly ratio_spread: Summary
  readonly pairs: readonly { value: number; baseline: number; steal?: number; baseline_steal?: number }[]
}

export interface MeasureOptions extends QuestionOptions {
  readonly runs: number
  /** No pair begins later than this after the first one. */
  readonly budgetMs: number
  readonly signal: AbortSignal
  readonly report: (progress: string) => void
}

/** Runs ours and the baseline in turns, after one pair that is not counted (the warm-up). */
export async function measure(question: Question, options: MeasureOptions): Promise<Row[]> {
  await using open = await question.open(options)
  const startedAtMs = performance.now()
  const pairs: Pair[] = []
  const [first, last] = question.isMeasuredOnce ? [1, 1] : [0, options.runs]
  for (let run = first; run <= last; run++) {
    options.signal.throwIfAborted()
    if (pairs.length > 0 && performance.now() - startedAtMs > options.budgetMs) {
      options.report(`${question.name}: the time is up after ${pairs.length} runs`)
      break
    }
    const [ours, steal] = await observed(() => open.ours())
    options.signal.throwIfAborted()
    const [baseline, baseline_steal] = await observed(() => open.baseline())
    options.report(`${question.name}: ${run === 0 ? 'warm-up' : `run ${run} of ${last}`}`)
    if (run > 0) pairs.push({ ours, baseline, steal, baseline_steal })
  }
  await open.verify?.()
  return question.measures.map((each) => toRow(each, pairs))
}

async function observed(run: () => Promise<Values>): Promise<[Values, number | undefined]> {
  const before = readProcessorTimes()
  const values = await run()
  return [values, stealShare(before, readProcessorTimes())]
}

export function toRow({ name, unit, goal, ratioGoal = null }: Measure, pairs: readonly Pair[]): Row {
  const runs = pairs.map(({ ours, baseline, steal, baseline_steal }) => ({
    value: demand(ours, name),
    baseline: demand(baseline, name),
    ...(steal !== undefined && { steal }),
    ...(baseline_steal !== undefined && { baseline_steal }),
  }))
  const value = summarise(runs.map((run) => run.value))
  const baseline = summarise(runs.map((run) => run.baseline))
  return {
    name,
    value: value.median,
    unit,
    baseline: baseline.median,
    ratio: value.median / baseline.median,
    goal,
    ratio_goal: ratioGoal,
    value_spread: value,
    baseline_spread: baseline,
    ratio_spread: summarise(runs.map((run) => run.value / run.baseline)),
    pairs: runs,
  }
}

function demand(values: Values, name: string): number {
  const value = values[name]
  if (value === undefined || !Number.isFinite(value))
    throw new TypeError(`a run gave no ${name}: ${String(value)}`)
  return value
}
