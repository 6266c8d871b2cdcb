import type { Observation } from '@skillwatch/schema'
import { safely } from './safely.ts'

/**
 * Where lines are sent from.
 * @typeParam E what it returns for a line, with which that line can be replaced
 */
interface LineQueue<E> {
  push(line: string): E
  /** @returns false when the line has been sent already */
  replace(entry: E, line: string): boolean
}

/** Hands observations to the queue as lines of JSON. */
export interface Recorder<E> {
  /** @throws what the observation's getters and its JSON throw */
  push(observation: Observation): E | undefined
  /**
   * Replaces an observation, or sends a second one when it has been sent.
   * @returns false when it cannot be JSON
   */
  amend(entry: E | undefined, make: () => Observation): boolean
  /** Counts an observation that the caller's values made impossible to record. */
  onError(error: unknown): void
}

export interface RecorderOptions<E> {
  readonly queue: LineQueue<E>
  readonly isClosed: () => boolean
  /** An observation is lost. */
  readonly onLost: (reason: string) => void
}

export function createRecorder<E>({ queue, isClosed, onLost }: RecorderOptions<E>): Recorder<E> {
  const push = (observation: Observation) => {
    if (!isClosed()) return queue.push(JSON.stringify(observation))
    onLost('the client is closed, so new observations are dropped')
    return undefined
  }
  const onError = (error: unknown) => {
    const reason = safely(() => String(error)) ?? 'the error cannot be converted to text'
    onLost(`an observation cannot be written as JSON: ${reason}`)
  }
  const amend = (entry: E | undefined, make: () => Observation) => {
    try {
      const observation = make()
      const isReplaced = entry !== undefined && queue.replace(entry, JSON.stringify(observation))
      if (!isReplaced) push(observation)
      return true
    } catch (error) {
      onError(error)
      return false
    }
  }
  return { push, amend, onError }
}
