/** What one run measured, by name of the measure. */
export type Values = Readonly<Record<string, number>>

/** One number that a question asks for. */
export interface Measure {
  readonly name: string
  readonly unit: string
  /** What to reach, in the unit; null while none is set. */
  readonly goal: number | null
}

export interface QuestionOptions {
  /** Less work per run: to see that it works, not to compare. */
  readonly quick: boolean
}

/** A question about speed: the same work done by ours and by a baseline. */
export interface Question {
  readonly name: string
  /** What is measured, in a sentence. */
  readonly asks: string
  /** What it is compared with, in a sentence. */
  readonly baseline: string
  readonly measures: readonly Measure[]
  open(options: QuestionOptions): Promise<OpenQuestion>
}

/** A question whose parts are running. Disposing it ends every process it started. */
export interface OpenQuestion extends AsyncDisposable {
  ours(): Promise<Values>
  /** Called after each `ours`: the same work again. */
  baseline(): Promise<Values>
  /** After the last run, where a run has not proved itself. @throws {Error} when the work was not done in full */
  verify?(): Promise<void>
}
