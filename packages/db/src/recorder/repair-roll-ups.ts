import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Corrections } from '../recount.ts'
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
  | { readonly rows: number; readonly corrections: Corrections }
  | { readonly error: WireError }

/** What a repair writes. */
export interface Repairs {
  correct(corrections: readonly RollUpCorrection[]): Promise<void>
  /** Derives turns and uses again. */
  markTurns(turns: Corrections['turns']): Promise<void>
}

/** Corrections that one transaction applies. */
const STEP_MAX = 500

/**
 * Counts the roll-ups and derives the turns in a thread of its own, from one snapshot, and corrects what
 * differs in bounded steps.
 * Recording goes on meanwhile: what is recorded after the snapshot changes stored and counted values alike.
 */
export async function repairRollUps(path: string, nowMs: number, repairs: Repairs): Promise<RepairReport> {
  const { rows, corrections } = await recountInThread(path, nowMs)
  for (const step of stepsOf(corrections.turns)) await repairs.markTurns(step)
  for (const step of stepsOf(corrections.rollUps)) await repairs.correct(step)
  const byTable = Map.groupBy([...corrections.turns, ...corrections.rollUps], ({ table }) => table)
  return {
    checked_rows: rows,
    repaired: [...byTable].map(([table, changed]) => ({ table, rows_changed: changed.length })),
  }
}

function stepsOf<T>(all: readonly T[]): T[][] {
  const steps = Math.ceil(all.length / STEP_MAX)
  return Array.from({ length: steps }, (_, index) => all.slice(index * STEP_MAX, (index + 1) * STEP_MAX))
}

async function recountInThread(path: string, nowMs: number) {
  const worker = new Worker(new URL('./recount-worker.ts', import.meta.url), { workerData: { path, nowMs } })
  const [reply] = (await once(worker, 'message')) as [RecountReply]
  if ('error' in reply) throw fromWireError(reply.error)
  return reply
}
