import type { Invocation, Kind, Observation, Outcome, StreamFilter } from '@skillwatch/schema'
import { machineNowMs } from '@skillwatch/testkit'
import type { Random } from './random.ts'

/** One call of a test; its start and its end are two observations. */
export interface Call {
  readonly invocation_id: string
  readonly kind: Kind
  readonly skill_name: string
  readonly session_id: string
  readonly workflow_phase: string
  /** `running`: its end is never sent. */
  readonly outcome: Outcome
  readonly execution_ms: number
}

const SKILLS: readonly (readonly [Kind, string])[] = [
  ['skill', 'pdf-fill'],
  ['skill', 'pdf-read'],
  ['skill', 'quick.v2'],
  ['skill', '[E501] x'],
  ['command', 'review'],
  ['agent', 'explorer'],
  ['mcp', 'mcp__github__search'],
  ['tool', 'Bash'],
  ['tool', 'Read'],
  ['tool', 'pdf-fill'],
]
const PHASES = ['setup', 'execution', 'verification']
const OUTCOMES: readonly Outcome[] = [
  ...Array<Outcome>(14).fill('completed'),
  ...Array<Outcome>(3).fill('failed'),
  'rejected',
  'abandoned',
  'running',
]

/**
 * Calls of ten skills in forty sessions, with three phases and all outcomes. Times are whole milliseconds:
 * sums are exact.
 */
export function makeCalls(random: Random, count: number, prefix = 'call'): Call[] {
  return Array.from({ length: count }, (_, index) => {
    const [kind, skill_name] = random.pick(SKILLS)
    return {
      invocation_id: `${prefix}-${String(index).padStart(6, '0')}`,
      kind,
      skill_name,
      session_id: `session-${random.between(1, 40)}`,
      workflow_phase: random.pick(PHASES),
      outcome: random.pick(OUTCOMES),
      execution_ms: random.between(1, 20_000),
    }
  })
}

export function startOf({ invocation_id, kind, skill_name, session_id, workflow_phase }: Call): Observation {
  return {
    invocation_id,
    kind,
    skill_name,
    session_id,
    workflow_phase,
    invoked_at: machineNowMs(),
    outcome: 'running',
  }
}

export function endOf({
  invocation_id,
  kind,
  skill_name,
  session_id,
  outcome,
  execution_ms,
}: Call): Observation {
  return { invocation_id, kind, skill_name, session_id, ended_at: machineNowMs(), outcome, execution_ms }
}

/** The fields of an invocation that the test decides, as one comparable line. */
export function digestOfInvocation(invocation: Invocation): string {
  const { invocation_id, kind, skill_name, session_id, workflow_phase, outcome, execution_ms } = invocation
  return [invocation_id, kind, skill_name, session_id, workflow_phase, outcome, execution_ms ?? '-'].join(
    '|',
  )
}

export function digestOfCall(call: Call): string {
  const { invocation_id, kind, skill_name, session_id, workflow_phase, outcome, execution_ms } = call
  const ms = outcome === 'running' ? '-' : execution_ms
  return [invocation_id, kind, skill_name, session_id, workflow_phase, outcome, ms].join('|')
}

/** Whether a call passes a filter: all given fields must match, a list matches any of its values. */
export function passes(call: Call, filter: StreamFilter | undefined): boolean {
  return Object.entries(filter ?? {}).every(([field, wanted]) =>
    ([] as unknown[]).concat(wanted).includes(call[field as keyof Call]),
  )
}
