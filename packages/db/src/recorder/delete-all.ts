import { randomUUID } from 'node:crypto'
import { type DeletionReceipt, withStatus } from '../deletions.ts'
import type { DeletionStep } from '../sqlite/recording/deletion.ts'

/** What a deletion writes. */
export interface DeletionWrites {
  step(): Promise<DeletionStep>
  save(receipt: DeletionReceipt): Promise<void>
}

/**
 * Runs the steps of one deletion until nothing of it is left, and saves its receipt. When a step fails, the
 * receipt of those before is saved, so that the file is rewritten after them too.
 */
export async function deleteAll(
  writes: DeletionWrites,
  projectId: number,
  nowMs: number,
  finalWithinMs: number,
): Promise<DeletionReceipt> {
  let receipt = emptyReceipt(projectId, nowMs, finalWithinMs)
  try {
    for (let isLast = false; !isLast; ) {
      const step = await writes.step()
      receipt = withStep(receipt, step)
      isLast = step.isLast
    }
  } catch (error) {
    if (receipt.first_offset !== null || countOthers(receipt) > 0)
      await writes.save(receipt).catch(() => undefined)
    throw error
  }
  await writes.save(receipt)
  return receipt
}

function emptyReceipt(projectId: number, nowMs: number, finalWithinMs: number): DeletionReceipt {
  return withStatus({
    receipt_id: randomUUID(),
    project_id: projectId,
    deleted_at_ms: nowMs,
    invocations: 0,
    uncorrelated_observations: 0,
    api_requests: 0,
    experiment_assignments: 0,
    experiment_outcomes: 0,
    first_offset: null,
    last_offset: null,
    final_by_ms: nowMs + finalWithinMs,
    final_at_ms: null,
  })
}

function withStep(receipt: DeletionReceipt, step: DeletionStep): DeletionReceipt {
  return {
    ...receipt,
    invocations: receipt.invocations + step.invocations,
    uncorrelated_observations: receipt.uncorrelated_observations + step.uncorrelated_observations,
    api_requests: receipt.api_requests + step.api_requests,
    experiment_assignments: receipt.experiment_assignments + step.experiment_assignments,
    experiment_outcomes: receipt.experiment_outcomes + step.experiment_outcomes,
    first_offset: receipt.first_offset ?? step.offsets?.first ?? null,
    last_offset: step.offsets?.last ?? receipt.last_offset,
  }
}

/** Deleted rows that are not in the change log. */
function countOthers(receipt: DeletionReceipt): number {
  return receipt.api_requests + receipt.experiment_assignments + receipt.experiment_outcomes
}
