import type { Kind, Turn, Use, UseGroup, UseSummary, UseSummaryReply } from '@skillwatch/schema'
import { formatInstant } from '@skillwatch/schema/parse-instant'
import { demand, type Endpoint } from '../http.ts'
import { readPages } from '../pages.ts'
import type { Span } from './window.ts'

/** Kinds that have uses. */
export const USED_KINDS = ['skill', 'command', 'agent'] as const satisfies readonly Kind[]
export type UsedKind = (typeof USED_KINDS)[number]

/** Which uses are read. */
export interface UseFilter {
  readonly kind?: Kind | undefined
  readonly skill_name?: string | undefined
  readonly session_id?: string | undefined
}

type UseSumsQuery = Span & UseFilter & { by: readonly UseGroup[]; timeZone?: string }

/** The sums of the uses of a window. */
export async function readUseSums(
  gateway: Endpoint,
  query: UseSumsQuery,
  signal: AbortSignal,
): Promise<UseSummary[]> {
  return (await readUseSummary(gateway, query, signal)).items
}

/** The same with the uses of the equally long time before, if they are to be compared. */
export function readUseSummary(
  gateway: Endpoint,
  { by, timeZone, isCompared = false, ...query }: UseSumsQuery & { isCompared?: boolean },
  signal: AbortSignal,
): Promise<UseSummaryReply> {
  const parameters = new URLSearchParams({
    by: by.join(','),
    ...parametersOf(query),
    ...(timeZone !== undefined && { time_zone: timeZone }),
    ...(isCompared && { compare: 'before' }),
  })
  return demand(gateway, `/v1/uses/summary?${parameters}`, { signal })
}

/** The latest uses of a window, the latest first, and whether there are more. */
export async function readUses(
  gateway: Endpoint,
  { limit, ...query }: Partial<Span> & UseFilter & { limit?: number },
  signal: AbortSignal,
): Promise<{ uses: Use[]; isMore: boolean }> {
  const list = {
    path: '/v1/uses',
    keyOf: ({ use_id }: Use) => use_id,
    query: parametersOf(query),
    ...(limit !== undefined && { limit }),
  }
  const { items, isMore } = await readPages(gateway, list, signal)
  return { uses: items, isMore }
}

/** Whether anything was used before an instant; without that, a time before it is not comparable. */
export async function isUsedBefore(gateway: Endpoint, atMs: number, signal: AbortSignal): Promise<boolean> {
  return (await readUses(gateway, { untilMs: atMs, limit: 1 }, signal)).uses.length > 0
}

/** The turns of a session, the first one first. */
export async function readTurns(gateway: Endpoint, sessionId: string, signal: AbortSignal): Promise<Turn[]> {
  const list = {
    path: '/v1/turns',
    keyOf: ({ prompt_id }: Turn) => prompt_id,
    query: { session_id: sessionId, order: 'asc' },
  }
  return (await readPages(gateway, list, signal)).items
}

function parametersOf(query: Partial<Span> & UseFilter): Record<string, string> {
  const { sinceMs, untilMs, kind, skill_name, session_id } = query
  return {
    ...(kind !== undefined && { kind }),
    ...(skill_name !== undefined && { skill_name }),
    ...(session_id !== undefined && { session_id }),
    ...(sinceMs !== undefined && { since: formatInstant(sinceMs) }),
    ...(untilMs !== undefined && { until: formatInstant(untilMs) }),
  }
}
