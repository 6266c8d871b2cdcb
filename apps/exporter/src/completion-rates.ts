import type { Reader } from '@skillwatch/db'
import type { Kind } from '@skillwatch/schema'
import type { BoundedValues } from './bounded-labels.ts'

/** A skill with at least one ended invocation, history included. */
export interface EndedSkill {
  readonly kind: Kind
  readonly skill_name: string
  readonly ended_count: number
  readonly completed_count: number
}

/** Reads the roll-up of all skills, the oldest first. */
export function readEndedSkills(reader: Reader, projectId: number): EndedSkill[] {
  const query = reader.db
    .selectFrom('skill_metrics')
    .select((eb) => [
      'kind',
      'skill_name',
      'completed_count',
      eb('invocation_count', '-', eb.ref('running_count')).as('ended_count'),
    ])
    .where('project_id', '=', projectId)
    .whereRef('invocation_count', '>', 'running_count')
    .orderBy('first_invoked_at_ms')
    .orderBy('skill_name')
    .compile()
  return reader.sqlite.prepare(query.sql).all(...query.parameters) as EndedSkill[]
}

export interface CompletionRate {
  readonly kind: Kind
  readonly skill_name: string
  /** Completed share of the ended invocations, 0–1. */
  readonly rate: number
}

/**
 * Completion rate per label. Names that live counters carry come first, so that both speak of the same skills; what room
 * they leave goes to skills known from history alone. `_other` is the rate over all others together.
 */
export function completionRates(skills: readonly EndedSkill[], names: BoundedValues): CompletionRate[] {
  const sums = new Map<string, { kind: Kind; skill_name: string; ended: number; completed: number }>()
  for (const { kind, skill_name, ended_count, completed_count } of skills) {
    const name = names.admit(skill_name)
    const key = `${kind}\0${name}`
    const sum = sums.get(key) ?? { kind, skill_name: name, ended: 0, completed: 0 }
    sum.ended += ended_count
    sum.completed += completed_count
    sums.set(key, sum)
  }
  return [...sums.values()].map(({ kind, skill_name, ended, completed }) => ({
    kind,
    skill_name,
    rate: completed / ended,
  }))
}
