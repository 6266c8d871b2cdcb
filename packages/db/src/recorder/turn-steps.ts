import type { WriterPort } from './commands.ts'

export interface TurnStepsOptions {
  readonly port: Pick<WriterPort, 'call'>
  /** Whether observations wait for their commit. */
  readonly isBusy: () => boolean
  readonly onError: (error: unknown) => void
  /** A step begins so long after something was marked. */
  readonly delayMs: number
}

/** About the longest time that a group waits for a step. */
const STEP_MS = 20
/** While observations arrive, deriving takes a tenth of the writer's time at most. */
const PAUSE_PER_STEP_MS = 10
const RETRY_MS = 5_000

/**
 * Derives turns and uses between the groups of observations, in steps of bounded time. Marks in the database
 * say what is to be derived, so nothing is forgotten when the process ends.
 */
export class TurnSteps {
  readonly #options: TurnStepsOptions
  #timer: NodeJS.Timeout | undefined
  #step: Promise<void> | undefined
  #isMarked = false
  #isPaused = false

  constructor(options: TurnStepsOptions) {
    this.#options = options
  }

  /** Something was marked. */
  mark(): void {
    this.#isMarked = true
    if (this.#step === undefined) this.#schedule(this.#options.delayMs)
  }

  /** Derives everything that is marked, now. */
  async finish(): Promise<void> {
    await this.#step
    while (await this.#options.port.call('deriveTurns', STEP_MS));
  }

  /** Waits for the step that runs, and begins no other. */
  async pause(): Promise<void> {
    this.#isPaused = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#step
  }

  resume(): void {
    this.#isPaused = false
    if (this.#isMarked) this.#schedule(this.#options.delayMs)
  }

  #schedule(waitMs: number): void {
    if (this.#isPaused || this.#timer !== undefined) return
    this.#timer = setTimeout(() => this.#run(), waitMs).unref()
  }

  #run(): void {
    this.#timer = undefined
    this.#isMarked = false
    this.#step = this.#derive().then((waitMs) => {
      this.#step = undefined
      if (waitMs !== undefined) this.#schedule(waitMs)
    })
  }

  /** @returns when the next step is due, if any */
  async #derive(): Promise<number | undefined> {
    const { port, isBusy, onError, delayMs } = this.#options
    const startedAtMs = performance.now()
    try {
      const isLeft = await port.call('deriveTurns', STEP_MS)
      if (isLeft && !isBusy()) return 0
      const tookMs = performance.now() - startedAtMs
      return isLeft || this.#isMarked ? Math.max(delayMs, PAUSE_PER_STEP_MS * tookMs) : undefined
    } catch (error) {
      this.#isMarked = true
      onError(error)
      return RETRY_MS
    }
  }
}
