import { type ApiRequest, type ParsedObservation, parsePrompt } from '@skillwatch/schema'
import { createRecorder, type Writer } from '../../src/index.ts'
import { NOW_MS, PROJECT, parsed } from '../database.ts'

/**
 * Something that a witness reports: of a call, a prompt or the end of a session, or of a request to a model.
 */
export type Report = { observation: ParsedObservation } | { apiRequest: ApiRequest }

const START_MS = NOW_MS - 3_600_000

/** `seconds` after the start of the test's history. */
export const at = (seconds: number) => START_MS + seconds * 1_000

export function prompt(value: Record<string, unknown>): Report {
  const result = parsePrompt(value, NOW_MS)
  if ('pointer' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result
}

export function call(value: Parameters<typeof parsed>[0]): Report {
  return { observation: parsed(value) }
}

/** Records reports in groups of a size, with pauses in which turns are derived, and derives what is left. */
export async function recordReports(
  writer: Writer,
  reports: readonly Report[],
  { size = reports.length, deriveEvery = reports.length } = {},
): Promise<void> {
  await using recorder = createRecorder(writer, { queueItemsMax: 10_000, now: () => NOW_MS })
  for (let index = 0; index < reports.length; index += size) {
    const group = reports.slice(index, index + size)
    await recorder.record(
      PROJECT,
      group.flatMap((report) => ('observation' in report ? report.observation : [])),
    )
    const requests = group.flatMap((report) => ('apiRequest' in report ? report.apiRequest : []))
    if (requests.length > 0) await recorder.recordApiRequests(PROJECT, requests)
    if (Math.floor(index / size) % deriveEvery === 0) await recorder.deriveTurns()
  }
  await recorder.deriveTurns()
}

/** All turns and uses, without their keys inside the database. */
export function derivedOf({ sqlite }: Writer) {
  const rows = (table: string, key: string) =>
    sqlite
      .prepare<[], Record<string, unknown>>(`select * from ${table} order by ${key}`)
      .all()
      .map(({ row_id: _, ...row }) => row)
  return {
    turns: rows('turn', 'session_id, prompt_id'),
    uses: rows('skill_use', 'use_id'),
    pending: rows('pending_turn', 'row_id'),
  }
}
