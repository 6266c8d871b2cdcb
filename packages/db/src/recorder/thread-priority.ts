import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/**
 * As nice(1) counts: 0 is usual, 19 the least. At 5 a thread gets a quarter of a processor that two share.
 */
const NICENESS = 5

/**
 * Lets other threads run before this one, where a processor is too busy for both. Linux only: elsewhere a
 * thread has no priority of its own, and nothing changes.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return
  try {
    // <process>/task/<thread>; setpriority(2) takes the id of a thread where it takes that of a process.
    const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(threadId, NICENESS)
  } catch {
    // A sandbox may hide /proc or refuse the call. Recording is right without it, only hooks may wait longer.
  }
}
