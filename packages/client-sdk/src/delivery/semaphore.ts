import { dispose } from '../shared/dispose.ts'

export interface Semaphore {
  /** Waits for a permit; disposing the permit releases it. @throws the signal's reason when aborted */
  acquire(signal: AbortSignal): Promise<Disposable>
}

/** Gives out at most `permitsMax` permits at the same time, first come first served. */
export function createSemaphore(permitsMax: number): Semaphore {
  let free = permitsMax
  const waiting: (() => void)[] = []
  const release = () => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  const permit = (): Disposable => ({ [dispose]: release })
  const waitForPermit = (signal: AbortSignal) =>
    new Promise<Disposable>((resolve, reject) => {
      const admit = () => {
        signal.removeEventListener('abort', onAbort)
        resolve(permit())
      }
      const onAbort = () => {
        waiting.splice(waiting.indexOf(admit), 1)
        reject(signal.reason)
      }
      waiting.push(admit)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  return {
    async acquire(signal) {
      signal.throwIfAborted()
      if (free === 0) return await waitForPermit(signal)
      free -= 1
      return permit()
    },
  }
}
