import { KINDS, type Kind } from '@skillwatch/schema'
import { privateId } from '../../recording/index.ts'

/**
 * What to delete: everything of a session, a user, an agent or a skill (of one kind or all), everything
 * before an instant, or everything of the project.
 */
export type DeletionSelector =
  | { session_id: string }
  | { user_id: string }
  | { agent_name: string }
  | { skill_name: string; kind?: Kind }
  | { before_ms: number }
  | { everything: true }

/**
 * The selector with what is stored in place of what was asked: users are stored as hashes, and so are secret
 * ids.
 */
export type StoredSelector =
  | { readonly session_id: string }
  | { readonly user_hash: string }
  | { readonly agent_name: string }
  | { readonly skill_name: string; readonly kinds: readonly Kind[] }
  | { readonly before_ms: number }
  | { readonly everything: true }

export function toStoredSelector(
  selector: DeletionSelector,
  hash: (text: string) => string,
): StoredSelector {
  if ('session_id' in selector) return { session_id: privateId(selector.session_id, hash) }
  if ('user_id' in selector) return { user_hash: hash(selector.user_id) }
  if (!('skill_name' in selector)) return selector
  return { skill_name: selector.skill_name, kinds: selector.kind === undefined ? KINDS : [selector.kind] }
}
