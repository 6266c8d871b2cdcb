import type { LinesSetAside } from '@skillwatch/client/spool/replay'
import { HOOK_EVENTS } from '@skillwatch/schema/claude-code'
import { Counter, type Registry } from 'prom-client'

/** The result of a hook event: stored as an observation, rejected as one, or why it contains no call. */
export type HookResult = 'observed' | 'rejected' | 'no_call' | 'unknown_event' | 'missing_fields'
type SpoolResult = 'accepted' | 'duplicate' | 'rejected' | 'unreadable' | 'dropped'

export interface HookMetrics {
  countEvent(eventName: string | undefined, result: HookResult): void
  /** Counts an event that is lost if this process ends before its commit. */
  countNotKept(): void
  countSpooled(result: SpoolResult, count: number): void
  /** Counts lines of the journal that were set aside. */
  countSetAside(aside: LinesSetAside): void
}

const SPOOL_RESULTS: readonly SpoolResult[] = ['accepted', 'duplicate', 'rejected', 'unreadable', 'dropped']
const JOURNAL_RESULTS = ['rejected', 'unreadable', 'dropped'] as const

export function createHookMetrics(registry: Registry): HookMetrics {
  const registers = [registry]
  const events = new Counter({
    name: 'skillwatch_ingest_hook_events_total',
    help: 'Events of hooks by name (unknown ones as _other) and result.',
    labelNames: ['event', 'result'],
    registers,
  })
  const notKept = new Counter({
    name: 'skillwatch_ingest_hook_not_kept_total',
    help: 'Hook events that could not be written to disk before they were answered.',
    registers,
  })
  const spooled = new Counter({
    name: 'skillwatch_ingest_spool_lines_total',
    help: 'Lines of the spool by result; rejected and unreadable ones are set aside, dropped ones did not fit.',
    labelNames: ['result'],
    registers,
  })
  const journalLines = new Counter({
    name: 'skillwatch_ingest_journal_lines_total',
    help: 'Lines of the hook journal that were set aside, by reason; dropped ones did not fit.',
    labelNames: ['result'],
    registers,
  })
  for (const result of SPOOL_RESULTS) spooled.inc({ result }, 0)
  for (const result of JOURNAL_RESULTS) journalLines.inc({ result }, 0)
  return {
    countEvent: (name, result) =>
      events.inc({ event: HOOK_EVENTS.has(name ?? '') ? name! : '_other', result }),
    countNotKept: () => notKept.inc(),
    countSpooled: (result, count) => spooled.inc({ result }, count),
    countSetAside({ reason, lines, lost }) {
      journalLines.inc({ result: reason }, lines - lost)
      journalLines.inc({ result: 'dropped' }, lost)
    },
  }
}
