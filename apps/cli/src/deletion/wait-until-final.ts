import { setTimeout as sleep } from 'node:timers/promises'
import type { DeletionReceipt } from '@skillwatch/schema'
import { type CommandContext, note } from '../context.ts'
import { demand, type Endpoint } from '../http.ts'

const POLL_MS_MIN = 100
const POLL_MS_MAX = 5_000

/**
 * Asks for the receipt until it is final.
 * @throws {CliError} when ingest does not answer or refuses; an AbortError on Ctrl-C
 */
export async function waitUntilFinal(
  context: CommandContext,
  endpoint: Endpoint,
  receipt: DeletionReceipt,
): Promise<DeletionReceipt> {
  const { signal } = context
  const path = `/v1/deletions/${encodeURIComponent(receipt.receipt_id)}`
  let current = receipt
  if (isPending(current)) note(context, waitingText(current))
  for (let delayMs = POLL_MS_MIN; isPending(current); delayMs = Math.min(delayMs * 2, POLL_MS_MAX)) {
    await sleep(delayMs, undefined, { signal })
    // What was deleted is only in the answer to the deletion.
    current = { ...receipt, ...(await demand<DeletionReceipt>(endpoint, path, { signal })) }
  }
  return current
}

function isPending({ status }: DeletionReceipt): boolean {
  return status === 'pending'
}

function waitingText({ final_by }: DeletionReceipt): string {
  return (
    'The rows are deleted. Waiting until the database file holds no trace of them, ' +
    `at the latest at ${final_by}.`
  )
}
