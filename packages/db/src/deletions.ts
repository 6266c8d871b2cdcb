import type { DeletionTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'
import type { Reader, Writer } from './sqlite/open.ts'
import { prepared } from './sqlite/statements.ts'

/**
 * What a deletion removed. It is `final` when the file was rewritten after it, so that no copy of what it
 * removed is left between the rows that remain; until then it is `pending`, and becomes final by
 * `final_by_ms`.
 */
export type DeletionReceipt = Selectable<DeletionTable> & { status: 'pending' | 'final' }

export function saveDeletion(writer: Writer, receipt: Selectable<DeletionTable>): void {
  prepared(
    writer.sqlite,
    `insert into deletion (receipt_id, project_id, deleted_at_ms, invocations, uncorrelated_observations,
      api_requests, experiment_assignments, experiment_outcomes, first_offset, last_offset, final_by_ms,
      final_at_ms)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    receipt.receipt_id,
    receipt.project_id,
    receipt.deleted_at_ms,
    receipt.invocations,
    receipt.uncorrelated_observations,
    receipt.api_requests,
    receipt.experiment_assignments,
    receipt.experiment_outcomes,
    receipt.first_offset,
    receipt.last_offset,
    receipt.final_by_ms,
    receipt.final_at_ms,
  )
}

/** Notes that the file was rewritten: the deletions that were saved before are final. */
export function finaliseDeletions(writer: Writer, receiptIds: readonly string[], nowMs: number): void {
  const finalise = prepared(
    writer.sqlite,
    'update deletion set final_at_ms = ? where receipt_id = ? and final_at_ms is null',
  )
  writer.sqlite
    .transaction(() => {
      for (const id of receiptIds) finalise.run(nowMs, id)
    })
    .immediate()
}

/** A deletion of a project by the id of its receipt. */
export function findDeletion(
  reader: Reader,
  projectId: number,
  receiptId: string,
): DeletionReceipt | undefined {
  const row = prepared(reader.sqlite, 'select * from deletion where project_id = ? and receipt_id = ?').get(
    projectId,
    receiptId,
  ) as Selectable<DeletionTable> | undefined
  return row && withStatus(row)
}

/** Deletions that are not final, the one that has to be final first at the beginning. */
export function pendingDeletions(reader: Reader): DeletionReceipt[] {
  const rows = prepared(
    reader.sqlite,
    'select * from deletion where final_at_ms is null order by final_by_ms',
  ).all() as Selectable<DeletionTable>[]
  return rows.map(withStatus)
}

export function withStatus(row: Selectable<DeletionTable>): DeletionReceipt {
  return { ...row, status: row.final_at_ms === null ? 'pending' : 'final' }
}
