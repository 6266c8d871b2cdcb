import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { RollUpCorrection } from '../repair.ts'
import type { WireError } from './messages.ts'
import { fromWireError } from './messages.ts'

/** What a repair changed. */
export interface RepairReport {
  /** How many invocations were counted. */
  readonly checked_rows: number
  readonly repaired: readonly { readonly table: string; readonly rows_changed: number }[]
}

export type RecountReply =
  | { readonly rows: number; readonly corrections: readonly RollUpCorrection[] }
  | { readonly error: WireError }

/** Corrections that one transaction applies. */
const STEP_MAX = 500

/**
 * Counts the roll-ups in a thread of its own, from one snapshot, and applies what differs in bounded steps.
 * Recording goes on meanwhile: what is recorded after the snapshot changes stored and counted values alike.
 */
export async function repairRollUps(
  path: string,
  nowMs: number,
  apply: (corrections: readonly RollUpCorrection[]) => Promise<void>,
): Promise<RepairReport> {
  const { rows, corrections } = await recountInThread(path, nowMs)
  for (let index = 0; index < corrections.length; index += STEP_MAX) {
    await apply(corrections.slice(index, index + STEP_MAX))
  }
  const byTable = Map.groupBy(corrections, ({ table }) => table)
  return {
    checked_rows: rows,
    repaired: [...byTable].map(([table, changed]) => ({ table, rows_changed: changed.length })),
  }
}

async function recountInThread(path: string, nowMs: number) {
  const worker = new Worker(new URL('./recount-worker.ts', import.meta.url), { workerData: { path, nowMs } })
  const [reply] = (await once(worker, 'message')) as [RecountReply]
  if ('error' in reply) throw fromWireError(reply.error)
  return reply
}
