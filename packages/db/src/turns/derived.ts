import type { SkillUseTable, TurnTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'

/** A turn as its row, without the keys that the database and the caller know. */
export type DerivedTurn = Omit<Selectable<TurnTable>, 'row_id' | 'project_id' | 'session_id' | 'prompt_id'>

/** The same for a use. */
export type DerivedUse = Omit<
  Selectable<SkillUseTable>,
  'row_id' | 'project_id' | 'session_id' | 'prompt_id'
>
