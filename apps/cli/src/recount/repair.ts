import { RepairReply } from '@skillwatch/schema'
import { CLEAR_LINE, type CommandContext, note } from '../context.ts'
import { CliError } from '../errors.ts'
import { demandAs, type Endpoint } from '../http.ts'

/** A step is bounded, but may wait for other writes. */
const STEP_MS_MAX = 60_000

export interface RepairResult {
  checked_rows: number
  /** Tables with at least one changed row. */
  repaired: { table: string; rows_changed: number }[]
}

/**
 * Runs a repair of the stored sums, step by step.
 * @throws {CliError} when ingest does not answer, refuses or gives no next step; an AbortError on Ctrl-C
 */
export async function repairSums(context: CommandContext, endpoint: Endpoint): Promise<RepairResult> {
  const changed = new Map<string, number>()
  const progress = createProgressLine(context)
  let checkedRows = 0
  try {
    for await (const step of steps(context, endpoint)) {
      checkedRows += step.checked_rows
      for (const { table, rows_changed } of step.repaired)
        if (rows_changed > 0) changed.set(table, (changed.get(table) ?? 0) + rows_changed)
      progress.show(checkedRows)
    }
  } catch (error) {
    progress.clear()
    if (checkedRows > 0) note(context, 'Earlier steps are stored; run the command again to check the rest.')
    throw error
  }
  progress.clear()
  const repaired = [...changed].map(([table, rows_changed]) => ({ table, rows_changed }))
  return { checked_rows: checkedRows, repaired }
}

async function* steps({ signal }: CommandContext, endpoint: Endpoint): AsyncGenerator<RepairReply> {
  let cursor: string | undefined
  for (;;) {
    const options = { method: 'POST', body: { cursor }, signal, timeoutMs: STEP_MS_MAX }
    const step = await demandAs(RepairReply, endpoint, '/v1/repairs', options)
    yield step
    if (step.done) return
    if (step.cursor === undefined || step.cursor === cursor)
      throw new CliError(
        `${endpoint.name} at ${endpoint.url} is not done and gave no new cursor to continue at.`,
      )
    cursor = step.cursor
  }
}

/** One line on a terminal; nothing elsewhere. */
function createProgressLine({ stderr }: CommandContext) {
  const isTty = stderr.isTTY === true
  return {
    show: (rows: number) =>
      void (isTty && stderr.write(`${CLEAR_LINE}${rows.toLocaleString('en-US')} rows checked`)),
    clear: () => void (isTty && stderr.write(CLEAR_LINE)),
  }
}
