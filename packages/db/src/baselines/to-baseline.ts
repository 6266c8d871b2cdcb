import {
  type Baseline,
  type BaselineRow,
  type BaselineRun,
  type BaselineRunRow,
  formatInstant,
} from '@skillwatch/schema'

/** A baseline as the wire shows it. */
export function toBaseline({ project_id: _, last_updated_at_ms, ...values }: BaselineRow): Baseline {
  return { ...values, last_updated: formatInstant(last_updated_at_ms) }
}

/** Its run as the wire shows it. */
export function toBaselineRun(row: BaselineRunRow): BaselineRun {
  const { since_ms, until_ms, computed_at_ms, persons } = row
  const { too_few_persons, mostly_one_person, calls_without_user } = row
  return {
    since: formatInstant(since_ms),
    until: formatInstant(until_ms),
    computed_at: formatInstant(computed_at_ms),
    persons,
    withheld: { too_few_persons, mostly_one_person, calls_without_user },
  }
}
