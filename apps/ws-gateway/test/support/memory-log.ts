import type { Change, Outcome } from '@skillwatch/schema'
import type { LogSource } from '../../src/stream/log-pages.ts'

export interface MemoryLog extends LogSource {
  readonly changes: Change[]
  epoch: string
  oldestOffset: number
  /** How often the log was read. */
  reads: number
  /** How many changes these reads returned. */
  changesRead: number
  /** Most changes that one read returns, as large rows make it return fewer. */
  readMax: number
  append(
    ...changes: {
      skill_name?: string
      session_id?: string
      outcome?: Outcome
      attributes?: Record<string, string>
    }[]
  ): void
  /** Deletes the invocation that was appended at this offset; its changes read as deletions. */
  remove(offset: number): void
}

/** A change log in memory, for random interleavings and counted reads. */
export function memoryLog(): MemoryLog {
  const log: MemoryLog = {
    changes: [],
    epoch: 'epoch-1',
    oldestOffset: 1,
    reads: 0,
    changesRead: 0,
    readMax: Number.POSITIVE_INFINITY,
    extent: () => ({ epoch: log.epoch, last_offset: log.changes.length, oldest_offset: log.oldestOffset }),
    read: (afterOffset, limit) => {
      log.reads += 1
      const from = Math.max(afterOffset, log.oldestOffset - 1)
      const changes = log.changes.slice(from, from + Math.min(limit, log.readMax))
      log.changesRead += changes.length
      return changes
    },
    append: (...changes) => {
      for (const fields of changes) log.changes.push(aChange(log.changes.length + 1, fields))
    },
    remove: (offset) => {
      const invocation_id = `invocation-${offset}`
      log.changes[offset - 1] = { offset, op: 'delete', invocation_id }
      log.changes.push({ offset: log.changes.length + 1, op: 'delete', invocation_id })
    },
  }
  return log
}

function aChange(offset: number, fields: object): Change {
  return {
    offset,
    op: 'insert',
    invocation: {
      invocation_id: `invocation-${offset}`,
      kind: 'skill',
      skill_name: 'pdf-fill',
      session_id: 'session-1',
      trigger: 'agent',
      invoked_at: '2026-11-22T09:30:00.000Z',
      outcome: 'completed',
      completed: true,
      witnesses: ['sdk'],
      ...fields,
    },
  }
}
