import type { InvocationRow } from '@skillwatch/schema'
import { isActivation } from './call-links.ts'

/** A turn: a prompt of a session. */
export interface TurnKey {
  readonly session_id: string
  readonly prompt_id: string
}

/** The last turn of a session that began at an instant or before. */
export interface TurnAt {
  readonly session_id: string
  readonly at_ms: number
}

/** What is to be derived again: a turn, or the uses around a call without a prompt. */
export type TurnMark = TurnKey | TurnAt | { readonly invocation_id: string }

/** The columns of a call that say which turn it belongs to. */
export type MarkingRow = Pick<
  InvocationRow,
  'kind' | 'session_id' | 'prompt_id' | 'invocation_id' | 'parent_invocation_id'
>

/**
 * What to derive again when a call changes: the turns that it belongs to, before and after. A call without a
 * prompt matters where it is a use or inside of one.
 */
export function marksOf(row: MarkingRow): TurnMark[] {
  const { session_id, prompt_id, invocation_id, parent_invocation_id } = row
  if (prompt_id !== null) return [{ session_id, prompt_id }]
  if (!isActivation(row) && parent_invocation_id === null) return []
  const parent = parent_invocation_id === null ? [] : [{ invocation_id: parent_invocation_id }]
  return [{ invocation_id }, ...parent]
}

/** Equal for equal marks. */
export function markText(mark: TurnMark): string {
  if ('invocation_id' in mark) return mark.invocation_id
  return 'at_ms' in mark ? `${mark.session_id}\0\0${mark.at_ms}` : `${mark.session_id}\0${mark.prompt_id}`
}
