import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name } from './text.ts'
import { Kind } from './words.ts'

const PHASES_MAX = 50
const SKILLS_MAX = 200 * PHASES_MAX
const HOURS_PER_WEEK = 168

const count = (description: string) =>
  Type.Integer({ description, minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const milliseconds = (description: string) => Type.Number({ description, minimum: 0 })
const instant = (description: string) => Type.Unsafe<string>({ ...Instant, description })
const orNull = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description })
const closed = { additionalProperties: false } as const
const rate = Type.Number({ minimum: 0, maximum: 1 })
const hours = (description: string) =>
  Type.Array(Type.Integer({ minimum: 0 }), {
    description,
    minItems: HOURS_PER_WEEK,
    maxItems: HOURS_PER_WEEK,
  })

const workflow_phase = name('The phase, as witnesses name it.')
const counts = {
  calls: count('Calls that began in the window, those that still run included.'),
  completed: count('Calls that completed.'),
  failed: count('Calls that failed.'),
  rejected: count('Calls that the user or a policy refused.'),
  abandoned: count('Calls whose session ended first.'),
  median_ms: orNull(milliseconds(''), 'Median duration; null with fewer than 20 durations.'),
  duration_ms: milliseconds('Durations of all calls together.'),
  slow_ms: orNull(
    milliseconds(''),
    'Σ max(0, duration - median of the skill in the phase) over completed calls: what would be gained if ' +
      'none ' +
      'took longer than the median. Null where no skill has 20 durations.',
  ),
  failed_ms: milliseconds('Σ duration over failed calls: what would be gained if none failed.'),
}

export const WorkflowPhase = Type.Object(
  {
    workflow_phase,
    sessions: count('Sessions with a call in the phase, at least 5.'),
    ...counts,
    completion_rate: orNull(rate, 'Completed of ended calls; null without any.'),
    completion_rate_interval: orNull(
      Type.Tuple([rate, rate]),
      '95%, Wilson, calls divided by their design effect; null with fewer than 8 sessions.',
    ),
    p90_ms: orNull(
      milliseconds(''),
      'A tenth of the calls takes longer; null with fewer than 100 durations.',
    ),
    calls_by_hour: hours('Calls by local hour of the week, Monday 0:00 first.'),
    failed_by_hour: hours('Failed calls likewise.'),
  },
  { ...closed, description: 'What happened in a phase.' },
)
export type WorkflowPhase = Static<typeof WorkflowPhase>

export const WorkflowSkill = Type.Object(
  { workflow_phase, kind: Kind, skill_name: name('The skill.'), ...counts },
  { ...closed, description: 'What one skill did in a phase.' },
)
export type WorkflowSkill = Static<typeof WorkflowSkill>

export const WorkflowTransition = Type.Object(
  {
    from_phase: name('The phase of a call.'),
    to_phase: name('The phase of the next call of the session that has one.'),
    count: count('How often.'),
    sessions: count('In how many sessions, at least 5.'),
    from_count: count('Calls of the first phase that another call with a phase follows.'),
    median_gap_ms: milliseconds('From the end of a call to the start of the next; 0 when they overlap.'),
  },
  { ...closed, description: 'A phase after another one.' },
)
export type WorkflowTransition = Static<typeof WorkflowTransition>

const run = {
  since: instant('Start of the window, included.'),
  until: instant('End of the window, excluded.'),
  time_zone: name('Time zone of the hours of the week.'),
  sessions: count('Sessions with a call in the window.'),
  calls: count('Calls of the window.'),
  calls_without_phase: count('Calls whose witnesses name no phase.'),
  rare_phases: count('Phases that fewer than 5 sessions have, which are not named.'),
  left_out_phases: count('Phases beyond the 50 with the most calls.'),
}

/** What a run counted of all phases of a project. It replaces what the run before did. */
export const WorkflowReport = Type.Object(
  {
    type: Type.Enum(['workflow']),
    ...run,
    phases: Type.Array(WorkflowPhase, { maxItems: PHASES_MAX }),
    skills: Type.Array(WorkflowSkill, { maxItems: SKILLS_MAX }),
    transitions: Type.Array(WorkflowTransition, { maxItems: PHASES_MAX ** 2 }),
  },
  { ...closed, description: 'What the phases of work took, and which followed which.' },
)
export type WorkflowReport = Static<typeof WorkflowReport>

/** What the workflow was computed from. */
export const WorkflowRun = Type.Object(
  { ...run, computed_at: instant('When the report was received.') },
  { description: 'What the workflow was computed from.' },
)
export type WorkflowRun = Static<typeof WorkflowRun>

/** A phase by what would be gained. */
export const WorkflowBottleneck = Type.Object(
  {
    workflow_phase: Type.String(),
    gain_ms: milliseconds(
      'slow_ms + failed_ms: a bound, as slow and failed calls also have causes elsewhere.',
    ),
    gain_share: rate,
    slow_ms: counts.slow_ms,
    failed_ms: counts.failed_ms,
    failed: counts.failed,
    skill: orNull(
      Type.Object({ kind: Kind, skill_name: Type.String(), gain_ms: milliseconds('Its part.') }),
      'The skill with the largest part.',
    ),
  },
  { description: 'A phase, and the time that slow and failed calls took in it.' },
)
export type WorkflowBottleneck = Static<typeof WorkflowBottleneck>

/** The answer about the workflow of a project. */
export const Workflow = Type.Object(
  {
    run: orNull(WorkflowRun, 'Null before the first run.'),
    phases: Type.Array(WorkflowPhase, { description: 'With hours of the week, by calls.' }),
    bottlenecks: Type.Array(WorkflowBottleneck, { description: 'Phases by what would be gained.' }),
    transitions: Type.Array(WorkflowTransition, { description: 'By how often they happened.' }),
    skills: Type.Array(WorkflowSkill, { description: 'Skills of each phase, by calls.' }),
  },
  { description: 'What the phases of work took.' },
)
export type Workflow = Static<typeof Workflow>
