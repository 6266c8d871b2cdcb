import { randomUUID } from 'node:crypto'
import { type DeletionReceipt, withStatus } from '../deletions.ts'
import type { DeletionStep } from '../sqlite/recording/deletion.ts'

/** Runs the steps of one deletion until nothing of it is left. */
export async function deleteAll(
  next: () => Promise<DeletionStep>,
  projectId: number,
  nowMs: number,
  finalWithinMs: number,
): Promise<DeletionReceipt> {
  const receipt = {
    receipt_id: randomUUID(),
    project_id: projectId,
    deleted_at_ms: nowMs,
    invocations: 0,
    uncorrelated_observations: 0,
    api_requests: 0,
    first_offset: null as number | null,
    last_offset: null as number | null,
    final_by_ms: nowMs + finalWithinMs,
    final_at_ms: null,
  }
  for (;;) {
    const step = await next()
    receipt.invocations += step.invocations
    receipt.uncorrelated_observations += step.uncorrelated_observations
    receipt.api_requests += step.api_requests
    receipt.first_offset ??= step.offsets?.first ?? null
    receipt.last_offset = step.offsets?.last ?? receipt.last_offset
    if (step.isLast) return withStatus(receipt)
  }
}
