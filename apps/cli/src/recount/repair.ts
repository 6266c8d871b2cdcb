import type { RepairReply } from '@skillwatch/schema'
import { CLEAR_LINE, type CommandContext } from '../context.ts'
import { demand, type Endpoint } from '../http.ts'

/** Counting takes about ten seconds for a million invocations. */
const REPAIR_MS_MAX = 15 * 60_000

/**
 * Has ingest count all roll-ups from the rows and correct those that differ.
 * @throws {CliError} when ingest does not answer or refuses; an AbortError on Ctrl-C
 */
export async function repairSums(
  { stderr, signal }: CommandContext,
  endpoint: Endpoint,
): Promise<RepairReply> {
  const isTty = stderr.isTTY === true
  if (isTty) stderr.write(`${CLEAR_LINE}Counting all sums from the invocations…`)
  try {
    const options = { method: 'POST', signal, timeoutMs: REPAIR_MS_MAX }
    return await demand(endpoint, '/v1/repairs', options)
  } finally {
    if (isTty) stderr.write(CLEAR_LINE)
  }
}
