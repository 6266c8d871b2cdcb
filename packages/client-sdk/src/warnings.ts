/** Where warnings go; `console` fits. */
export interface ClientLogger {
  warn(message: string): void
}

/** What may go wrong for a while. */
type Trouble = 'delivery' | 'dropped' | 'rejected' | 'spool'

export interface Warnings {
  /** Warns, unless it has done so since the trouble began. */
  warn(trouble: Trouble, message: string): void
  /** The trouble is over; the next one is told again, though not within a minute of the last. */
  over(trouble: Trouble): void
}

const INTERVAL_MS = 60_000

/** One warning per burst, so that a dead server does not fill the caller's log. */
export function createWarnings(logger: ClientLogger, now: () => number = () => performance.now()): Warnings {
  const warnedAtMs = new Map<Trouble, number>()
  const lasting = new Set<Trouble>()
  return {
    warn(trouble, message) {
      if (lasting.has(trouble)) return
      lasting.add(trouble)
      const nowMs = now()
      if (nowMs - (warnedAtMs.get(trouble) ?? -INTERVAL_MS) < INTERVAL_MS) return
      warnedAtMs.set(trouble, nowMs)
      try {
        logger.warn(`skillwatch: ${message}`)
      } catch {
        // A logger that fails is the caller's; its error must not end the caller's work.
      }
    },
    over: (trouble) => void lasting.delete(trouble),
  }
}
