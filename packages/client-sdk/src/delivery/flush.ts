export interface FlushOptions {
  /** Longest wait, in milliseconds; default 5 s. It keeps Node alive. */
  timeoutMs?: number
}

/**
 * @returns true when `settled` resolves in time, false after the timeout or when the client was closed
 * meanwhile
 */
export async function flushWithin(
  settled: Promise<void>,
  isClosed: () => boolean,
  options: FlushOptions | undefined,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  // An ordinary timer: it keeps Node alive, as the caller waits for the answer.
  const timeUp = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), options?.timeoutMs ?? 5_000)
  })
  const isSettled = settled.then(() => !isClosed())
  return Promise.race([isSettled, timeUp]).finally(() => clearTimeout(timer))
}
