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
}

const SPOOL_RESULTS: readonly SpoolResult[] = ['accepted', 'duplicate', 'rejected', 'unreadable', 'dropped']

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
    help: 'Lines of the spool by result; dropped lines did not fit into it.',
    labelNames: ['result'],
    registers,
  })
  for (const result of SPOOL_RESULTS) spooled.inc({ result }, 0)
  return {
    countEvent: (name, result) =>
      events.inc({ event: HOOK_EVENTS.has(name ?? '') ? name! : '_other', result }),
    countNotKept: () => notKept.inc(),
    countSpooled: (result, count) => spooled.inc({ result }, count),
  }
}
