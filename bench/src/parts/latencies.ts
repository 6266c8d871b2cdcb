/** Measures requests that are under way at the same time. */
export class Latencies {
  readonly #durationsMs: number[] = []
  readonly #pending: Promise<void>[] = []
  #error: unknown

  add(request: Promise<unknown>): void {
    const startedAt = performance.now()
    const ended = request.then(
      () => void this.#durationsMs.push(performance.now() - startedAt),
      (error: unknown) => {
        this.#error ??= error
      },
    )
    this.#pending.push(ended)
  }

  /** Waits for all answers. @throws {unknown} the error of the first request that failed */
  async durationsMs(): Promise<readonly number[]> {
    await Promise.all(this.#pending)
    if (this.#error !== undefined) throw this.#error
    return this.#durationsMs
  }
}
