import { HOOK_EVENTS } from '@skillwatch/schema/claude-code'
import { Counter, type Registry } from 'prom-client'

/** What became of a hook event: stored as an observation, unfit for one, or why it tells of no call. */
export type HookResult = 'observed' | 'rejected' | 'no_call' | 'unknown_event' | 'missing_fields'
type SpoolResult = 'accepted' | 'duplicate' | 'rejected' | 'unreadable' | 'dropped'

export interface HookMetrics {
  countEvent(eventName: string | undefined, result: HookResult): void
  /** An event that is stored only if its commit comes before the end of this process. */
  countNotKept(): void
  countSpooled(result: SpoolResult, count: number): void
}

const SPOOL_RESULTS: readonly SpoolResult[] = ['accepted', 'duplicate', 'rejected', 'unreadable', 'dropped']

export function createHookMetrics(registry: Registry): HookMetrics {
  const registers = [registry]
  const events = new Counter({
    name: 'skillwatch_ingest_hook_events_total',
    help: 'Events of hooks, by name (unknown ones as _other) and by what became of them.',
    labelNames: ['event', 'result'],
    registers,
  })
  const notKept = new Counter({
    name: 'skillwatch_ingest_hook_not_kept_total',
    help: 'Hook events that could not be kept on disk before they were answered; their commit was tried all the same.',
    registers,
  })
  const spooled = new Counter({
    name: 'skillwatch_ingest_spool_lines_total',
    help: 'Lines of the spool by what became of them; dropped ones had found it full.',
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
