import { dispose } from './dispose.ts'

export interface Gate {
  /** Waits for a free place; disposing what it returns frees the place. @throws the signal's reason when aborted */
  enter(signal: AbortSignal): Promise<Disposable>
}

/** Lets at most `placesMax` in at the same time, in order of arrival. */
export function createGate(placesMax: number): Gate {
  let free = placesMax
  const waiting: (() => void)[] = []
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  const place = (): Disposable => ({ [dispose]: leave })
  return {
    enter(signal) {
      if (signal.aborted) return Promise.reject(signal.reason)
      if (free > 0) {
        free -= 1
        return Promise.resolve(place())
      }
      return new Promise((resolve, reject) => {
        const admit = () => {
          signal.removeEventListener('abort', onAbort)
          resolve(place())
        }
        const onAbort = () => {
          waiting.splice(waiting.indexOf(admit), 1)
          reject(signal.reason)
        }
        waiting.push(admit)
        signal.addEventListener('abort', onAbort, { once: true })
      })
    },
  }
}
