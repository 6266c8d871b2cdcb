/** Where warnings go; `console` fits. */
export interface ClientLogger {
  warn(message: string): void
}

/** Kinds of trouble; each is warned of separately. */
type Trouble = 'delivery' | 'dropped' | 'rejected' | 'spool' | 'unreadable'

export interface Warnings {
  /** Warns once until `over` is called for this trouble; further warnings of it are ignored. */
  warn(trouble: Trouble, message: string): void
  /** The trouble is over. The next one is warned of again, but at most once a minute. */
  over(trouble: Trouble): void
}

const INTERVAL_MS = 60_000

/** One warning per period of trouble, so that a dead server does not fill the caller's log. */
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
        // The logger is the caller's: its error must not interrupt the caller's work.
      }
    },
    over: (trouble) => void lasting.delete(trouble),
  }
}
