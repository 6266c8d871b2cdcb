import type { SessionCall } from '../src/index.ts'
import { Random } from './random.ts'

export const START_MS = Date.UTC(2026, 7, 3)
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export interface World {
  readonly seed: number
  readonly sessions: number
  /** The probability that a call completes. */
  readonly completes: (call: {
    readonly phase: string
    readonly hour: number
    readonly badSession: boolean
  }) => number
}

/** Sessions of one skill over 60 days, each with 1 to 6 calls that take a minute. */
export function simulatedSessions({ seed, sessions, completes }: World): SessionCall[][] {
  const random = new Random(seed)
  return Array.from({ length: sessions }, (_, index) => {
    const startMs = START_MS + Math.floor(((index + random.uniform()) / sessions) * 60 * DAY_MS)
    const badSession = random.uniform() < 0.3
    return Array.from({ length: 1 + random.below(6) }, (__, call): SessionCall => {
      const invoked_at_ms = startMs + call * 5 * MINUTE_MS
      const phase = random.uniform() < 0.5 ? 'setup' : 'execution'
      const hour = new Date(invoked_at_ms).getUTCHours()
      const completed = random.uniform() < completes({ phase, hour, badSession })
      return {
        ...{ kind: 'skill', skill_name: 'pdf-fill', workflow_phase: phase, invoked_at_ms },
        ended_at_ms: invoked_at_ms + MINUTE_MS,
        outcome: completed ? 'completed' : 'failed',
      }
    })
  })
}

export const WINDOW = { sinceMs: START_MS, untilMs: START_MS + 61 * DAY_MS, timeZone: 'UTC' }
