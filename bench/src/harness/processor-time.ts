import { readFileSync } from 'node:fs'

/** Jiffies of all processors since the machine started (proc_stat(5), the line `cpu`). */
export interface ProcessorTimes {
  readonly total: number
  /** Taken by other guests of the same host. */
  readonly steal: number
}

/** Undefined where there is no /proc. */
export function readProcessorTimes(path = '/proc/stat'): ProcessorTimes | undefined {
  const text = readIfThere(path)
  if (text === undefined) return undefined
  const fields = text.split('\n', 1)[0]!.trim().split(/\s+/).slice(1).map(Number)
  // The last two, guest and guest_nice, are counted in user and nice already.
  return { total: fields.slice(0, 8).reduce((sum, field) => sum + field, 0), steal: fields[7] ?? 0 }
}

/** The part of all processor time between two looks that was stolen, 0 to 1. Undefined when nobody can tell. */
export function stealShare(
  before: ProcessorTimes | undefined,
  after: ProcessorTimes | undefined,
): number | undefined {
  if (before === undefined || after === undefined || after.total <= before.total) return undefined
  return (after.steal - before.steal) / (after.total - before.total)
}

/** Processor seconds that a process used so far, in user and in kernel mode (proc_pid_stat(5), fields 14 and 15). */
export function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, field 2, stands in parentheses and may hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
