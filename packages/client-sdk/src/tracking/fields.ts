import type { Observation } from '@skillwatch/schema'

/** Fields of a call beside its name, given when it begins. */
export type TrackFields = Partial<Omit<Observation, 'skill_name' | 'outcome' | 'ended_at' | 'witness'>>
/** Fields of a call that may be given when it ends. */
export type EndFields = Partial<
  Omit<Observation, 'skill_name' | 'invocation_id' | 'session_id' | 'outcome' | 'witness' | 'invoked_at'>
>
