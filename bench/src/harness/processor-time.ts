import { readdirSync, readFileSync } from 'node:fs'

/** Jiffies of all processors since the machine started (proc_stat(5), the line `cpu`). */
export interface ProcessorTimes {
  readonly total: number
  /** Taken by other guests of the same host. */
  readonly steal: number
}

/** Undefined where there is no /proc. */
export function readProcessorTimes(path = '/proc/stat'): ProcessorTimes | undefined {
  const text = readIfExists(path)
  if (text === undefined) return undefined
  const fields = text.split('\n', 1)[0]!.trim().split(/\s+/).slice(1).map(Number)
  // The last two, guest and guest_nice, are counted in user and nice already.
  return { total: fields.slice(0, 8).reduce((sum, field) => sum + field, 0), steal: fields[7] ?? 0 }
}

/**
 * The part of all processor time between two readings that was stolen, 0 to 1. Undefined where it is not
 * known.
 */
export function stealShare(
  before: ProcessorTimes | undefined,
  after: ProcessorTimes | undefined,
): number | undefined {
  if (before === undefined || after === undefined || after.total <= before.total) return undefined
  return (after.steal - before.steal) / (after.total - before.total)
}

/**
 * Processor seconds that the running threads of a process used so far, in user and in kernel mode, in
 * nanoseconds exactly: the first field of `schedstat` (docs.kernel.org/scheduler/sched-stats.html).
 */
export function processorSeconds(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readIfExists(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0),
  )
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9
}

function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
