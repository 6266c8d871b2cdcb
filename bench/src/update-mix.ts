import type { Report } from './baseline/rows.ts'
import type { Question } from './harness/question.ts'
import { chunks } from './parts/chunks.ts'
import { chooseDurationMs, chooseSession, chooseSkill } from './parts/observations.ts'
import { createRandom, randomToolUseId } from './parts/random.ts'
import { CONNECTIONS, type Lane, measuresOf, openRecordingComparison } from './parts/recording-comparison.ts'

const BATCH = 100
/** Multiples of what all connections send at a time, so that no transaction contains a call twice. */
const CALLS_PER_RUN = 6 * BATCH * CONNECTIONS
const CALLS_PER_QUICK_RUN = BATCH * CONNECTIONS

/**
 * How many events a second does ingest record when each call is one insert and three updates?
 *
 * Four reports of every call, with a random id: the hook's start, the hook's end, a log record with better
 * times and more fields, and a transcript that adds the version. A connection sends the 100 starts of its
 * calls in one batch and goes on with their ends when these are committed, so every report is a change of
 * its own. The number of events a second is what to compare between two checkouts; the ratio compares with
 * the frozen statements of the same reports.
 */
export const updateMix: Question = {
  name: 'update-mix',
  asks: `events a second with an insert and three updates a call, and random ids, in batches of ${BATCH}`,
  baseline: 'the frozen statements of the same events run straight on better-sqlite3',
  measures: measuresOf('update_mix', null),
  open({ quick }) {
    const takeCalls = createCalls()
    const callsPerRun = quick ? CALLS_PER_QUICK_RUN : CALLS_PER_RUN
    return openRecordingComparison({
      prefix: 'update_mix',
      callsPerRun,
      takeLanes: (nowMs) => chunks(takeCalls(callsPerRun, nowMs), BATCH).map(toLane),
    })
  },
}

type Call = readonly [start: Report, end: Report, logRecord: Report, transcript: Report]

function toLane(calls: readonly Call[]): Lane {
  return [0, 1, 2, 3].map((step) => calls.map((reports) => reports[step]!))
}

function createCalls(): (count: number, nowMs: number) => Call[] {
  const random = createRandom(7)
  let given = 0
  return (count, nowMs) => Array.from({ length: count }, () => reportsOf(++given, nowMs, random))
}

function reportsOf(number: number, nowMs: number, random: () => number): Call {
  const { kind, skill_name, skill } = chooseSkill(random)
  const session_id = chooseSession(number, random)
  const execution_ms = chooseDurationMs(random)
  const outcome = random() < 0.06 ? 'failed' : 'completed'
  const startedAtMs = Math.floor(nowMs - execution_ms) - 10
  const call = {
    invocation_id: randomToolUseId(random),
    kind,
    skill_name,
    session_id,
    agent_name: 'claude-code',
  }
  const prompt_id = `prompt-${Math.floor(number / 10)}`
  return [
    { ...call, witness: 'hook', prompt_id, trigger: 'agent', invoked_at: startedAtMs, outcome: 'running' },
    { ...call, witness: 'hook', ended_at: nowMs, outcome, execution_ms },
    {
      ...call,
      witness: 'otel_log',
      user_id: `user-${skill % 5}`,
      invoked_at: startedAtMs + 3,
      ended_at: nowMs - 2,
      outcome,
      attributes: { 'app.version': '2.1.0', decision_source: 'config' },
    },
    { ...call, witness: 'transcript', skill_version: '1.4.2' },
  ]
}
