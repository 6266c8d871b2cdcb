import type { LoggedChange, TimelineTurn as TimelineRows, TurnRow, UseRow, WorkSums } from '@skillwatch/db'
import { formatInstant, type TimelineTurn, type Turn, type Use } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'
import type { WireChange } from '../stream/serialised-change.ts'
import { usageWithNested } from './sum-uses.ts'
import { UsageSum } from './usage-sum.ts'

/** A turn of which nothing was seen for so long is over. */
const SILENCE_MS = 30 * 60_000

/** A use as the wire shows it. @param nowMs by which silence is measured */
export function toUse(row: UseRow, pricing: Pricing, nowMs: number): Use {
  const isSilent = row.turn_active_at_ms !== null && nowMs - row.turn_active_at_ms > SILENCE_MS
  return {
    use_id: row.use_id,
    kind: row.kind,
    skill_name: row.skill_name,
    session_id: row.session_id,
    prompt_id: row.prompt_id,
    parent_use_id: row.parent_use_id,
    trigger: row.trigger,
    outcome: row.outcome,
    began_at: formatInstant(row.began_at_ms),
    ended_at: formatInstant(row.ended_at_ms),
    settled: row.turn_ended === 1 || isSilent,
    interrupted: row.interrupted === 1,
    used_again: row.used_again === null ? null : row.used_again === 1,
    agent_name: row.agent_name,
    repository: row.repository,
    branch: row.branch,
    model: row.model,
    calls: row.calls,
    failed_calls: row.failed_calls,
    rejected_calls: row.rejected_calls,
    retried_calls: row.retried_calls,
    work_ms: row.work_ms,
    ...usageOf(row.work, pricing),
    calls_with_nested: row.calls_with_nested,
    failed_calls_with_nested: row.failed_calls_with_nested,
    rejected_calls_with_nested: row.rejected_calls_with_nested,
    retried_calls_with_nested: row.retried_calls_with_nested,
    work_ms_with_nested: row.work_ms_with_nested,
    ...usageWithNested(usageOf(row.work_with_nested, pricing)),
  }
}

/** A turn as the wire shows it. @param nowMs by which silence is measured */
export function toTurn(row: TurnRow, pricing: Pricing, nowMs: number): Turn {
  const isSilent = nowMs - row.last_active_at_ms > SILENCE_MS
  return {
    turn_id: row.row_id,
    prompt_id: row.prompt_id,
    session_id: row.session_id,
    began_at: formatInstant(row.began_at_ms),
    last_active_at: formatInstant(row.last_active_at_ms),
    ended_by: row.ended_by ?? (isSilent ? 'silence' : null),
    agent_name: row.agent_name,
    agent_version: row.agent_version,
    repository: row.repository,
    branch: row.branch,
    models: modelsOf(row.work),
    uses: row.uses,
    calls: row.calls,
    failed_calls: row.failed_calls,
    rejected_calls: row.rejected_calls,
    retried_calls: row.retried_calls,
    calls_by_kind: JSON.parse(row.calls_by_kind),
    ...usageOf(row.work, pricing),
  }
}

/** A turn with its calls as the wire shows it. */
export function toTimelineTurn(
  { turn, entries, omitted_calls }: TimelineRows,
  pricing: Pricing,
  nowMs: number,
): TimelineTurn {
  return {
    turn: turn === undefined ? null : toTurn(turn, pricing, nowMs),
    entries: entries.map(({ use, ...entry }) => ({
      ...entry,
      ...(use !== undefined && { use: toUse(use, pricing, nowMs) }),
    })),
    omitted_calls,
  }
}

/** A change of the log as the wire shows it. @param nowMs by which silence is measured */
export function toWire(change: LoggedChange, pricing: Pricing, nowMs: number): WireChange {
  if ('use_row' in change)
    return { offset: change.offset, op: change.op, use: toUse(change.use_row, pricing, nowMs) }
  if ('turn_row' in change)
    return { offset: change.offset, op: change.op, turn: toTurn(change.turn_row, pricing, nowMs) }
  return change
}

function usageOf(work: string, pricing: Pricing) {
  const sum = new UsageSum()
  for (const each of JSON.parse(work) as WorkSums[]) sum.add(each, pricing)
  return sum.toUsage()
}

function modelsOf(work: string): string[] {
  const answered = (JSON.parse(work) as WorkSums[]).filter(({ request_count }) => request_count > 0)
  return [...new Set(answered.map(({ model }) => model))].filter((model) => model !== '').sort()
}
