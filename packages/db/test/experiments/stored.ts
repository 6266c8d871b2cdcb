import {
  type CreateExperiment,
  type ExperimentRecord,
  type ParsedExperiment,
  type ParsedExperimentRecord,
  parseExperiment,
  parseExperimentRecord,
} from '@skillwatch/schema'
import { fixedClock } from '@skillwatch/testkit'
import { createRecorder, type Writer } from '../../src/index.ts'
import { NOW_MS, openTestDatabase } from '../database.ts'

/** An experiment as ingest would hand it to the recorder. */
export function anExperiment(more: Partial<CreateExperiment> = {}, nowMs = NOW_MS): ParsedExperiment {
  const strategies = { control_strategy: 'plain', treatment_strategy: 'step-by-step' }
  const result = parseExperiment({ test_name: 'prompts', ...strategies, ...more }, nowMs)
  if ('pointer' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result.experiment
}

/** A record as ingest would hand it to the recorder. */
function aRecord(record: ExperimentRecord): ParsedExperimentRecord {
  const result = parseExperimentRecord(record, NOW_MS, () => crypto.randomUUID())
  if ('pointer' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result.record
}

export function assigned(user_id: string, test_name = 'prompts'): ParsedExperimentRecord {
  return aRecord({ type: 'assignment', test_name, user_id })
}

export function anOutcome(user_id: string, more: object = {}): ParsedExperimentRecord {
  const outcome = { test_name: 'prompts', skill_name: 'plan', completed: true }
  return aRecord({ type: 'outcome', ...outcome, user_id, ...more })
}

/** A recorder of this thread. */
export function openRecorder(now: () => number = fixedClock) {
  const database = openTestDatabase()
  const options = { queueItemsMax: 100, groupRowsMax: 3, turnDelayMs: 86_400_000, now }
  const recorder = createRecorder(database.writer, options)
  return {
    writer: database.writer,
    recorder,
    [Symbol.asyncDispose]: async () => {
      await recorder.close()
      database[Symbol.dispose]()
    },
  }
}

const ASSIGNMENT_SUMS = `
  select a.assignment_id, count(o.row_id) as outcome_count, coalesce(sum(o.completed), 0) as completed_count,
    count(o.duration_seconds) as duration_count, count(o.rating) as rating_count,
    round(coalesce(sum(o.rating), 0), 9) as rating_sum, count(o.cost_usd) as cost_count,
    round(coalesce(sum(min(o.cost_usd, c.cost_cap_usd)), 0), 9) as cost_usd_sum
  from ab_test_assignments a join ab_test_configs c using (test_id)
    left join ab_test_outcomes o on o.test_id = a.test_id and o.user_hash = a.user_hash
  group by a.assignment_id order by a.assignment_id`

/** What the stored sums and counts are, and what counting the rows gives. */
export function sumsAndRecount({ sqlite }: Writer): { stored: unknown[]; counted: unknown[] } {
  const read = (statement: string) => sqlite.prepare(statement).all()
  const count = (group: string, more = '') =>
    `(select count(*) from ab_test_assignments a where a.test_id = c.test_id and group_name = '${group}'${more})`
  return {
    stored: [
      ...read(`select assignment_id, outcome_count, completed_count, duration_count, rating_count,
        round(rating_sum, 9) as rating_sum, cost_count, round(cost_usd_sum, 9) as cost_usd_sum
        from ab_test_assignments order by assignment_id`),
      ...read(`select control_users, treatment_users, control_users_with_outcomes, treatment_users_with_outcomes
        from ab_test_configs order by test_id`),
    ],
    counted: [
      ...read(ASSIGNMENT_SUMS),
      ...read(`select ${count('control')} as control_users, ${count('treatment')} as treatment_users,
        ${count('control', ' and outcome_count > 0')} as control_users_with_outcomes,
        ${count('treatment', ' and outcome_count > 0')} as treatment_users_with_outcomes
        from ab_test_configs c order by test_id`),
    ],
  }
}
