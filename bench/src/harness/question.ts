/** What one run measured, by name of the measure. */
export type Values = Readonly<Record<string, number>>

/** One number that a question measures. */
export interface Measure {
  readonly name: string
  readonly unit: string
  /** What to reach, in the unit; null while none is set. */
  readonly goal: number | null
  /** What to reach for ours divided by the baseline. */
  readonly ratioGoal?: number | null
}

export interface QuestionOptions {
  /** Less work per run: to see that it works, not to compare. */
  readonly quick: boolean
  /** How many calls are in the database, where a question depends on it. */
  readonly rows?: number | undefined
}

/** A question about speed or size: the same work done by ours and by a baseline. */
export interface Question {
  readonly name: string
  /** What is measured, in a sentence. */
  readonly asks: string
  /** What it is compared with, in a sentence. */
  readonly baseline: string
  readonly measures: readonly Measure[]
  /** One pair of runs without a warm-up is enough: the values hardly vary. */
  readonly isMeasuredOnce?: true
  /** It takes minutes, so it runs only when it is named. */
  readonly isLong?: true
  open(options: QuestionOptions): Promise<OpenQuestion>
}

/** A question whose parts are running. Disposing it ends every process that it started. */
export interface OpenQuestion extends AsyncDisposable {
  ours(): Promise<Values>
  /** Called after each `ours`: the same work again. */
  baseline(): Promise<Values>
  /** After the last run. @throws {Error} when the work was not done in full */
  verify?(): Promise<void>
}
