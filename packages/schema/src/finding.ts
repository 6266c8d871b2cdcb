import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name, text } from './text.ts'
import { Kind } from './words.ts'

/** Findings that one report may contain. */
export const FINDINGS_MAX = 10_000

const count = (description: string) =>
  Type.Integer({ description, minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const share = (description: string) => Type.Number({ description, minimum: 0, maximum: 1 })

/** What analysis concluded about a skill: from when to when it differed from its baseline, and how. */
export const Finding = Type.Object(
  {
    finding_id: Type.String({
      description: 'Follows from what it is about, so that every run gives it the same.',
      minLength: 1,
      maxLength: 64,
      pattern: '^[^\\p{Cc}\\p{Cs}]*$',
    }),
    type: Type.Enum(['anomaly']),
    subtype: Type.Enum(
      ['drop', 'rise', 'slowdown', 'speedup', 'spike', 'pattern_shift', 'silence', 'changed_version'],
      {
        description:
          'How the metric differs from its baseline. `changed_version`: the file of the skill was changed; the ' +
          'baseline is the time before, and the finding says what changed or that nothing did.',
      },
    ),
    metric: Type.Enum(['completion_rate', 'duration', 'volume', 'pattern_shift', 'silence']),
    kind: Kind,
    skill_name: name('The skill that it is about.'),
    opened_at: Instant,
    updated_at: Type.Unsafe<string>({
      ...Instant,
      description: 'End of the last hour that confirmed it. All values are of that hour.',
    }),
    resolved_at: Type.Union([Instant, Type.Null()], { description: 'Null while it is open.' }),
    baseline_value: Type.Number({
      description: 'A rate or share from 0 to 1, a median in milliseconds, or a number of calls.',
    }),
    observed_value: Type.Number({ description: 'In the unit of `baseline_value`.' }),
    deviation_score: Type.Number({
      description: 'Distance in standard deviations of the baseline; below 0 when observed is below it.',
    }),
    p_value: share('Probability of such a value, or a more extreme one, by the baseline.'),
    q_value: share('The p-value corrected for all tests of the run (Benjamini and Hochberg).'),
    samples: Type.Object(
      { baseline: count('Calls of the baseline.'), observed: count('Calls that were tested.') },
      { description: 'Numbers of calls.' },
    ),
    method: text('The statistical test, its window and its baseline.', 500),
    explanation: text('One sentence with the numbers.', 2_000),
  },
  { description: 'What analysis concluded about a skill.' },
)
export type Finding = Static<typeof Finding>

/**
 * What a run of the analyst found: all findings of a type that opened in a window. Findings of that window
 * that are stored and not in the report are deleted.
 */
export const FindingsReport = Type.Object(
  { type: Type.Enum(['anomaly']), ...findingsOfWindow() },
  { description: 'All findings of a type that opened in a window.', additionalProperties: false },
)
export type FindingsReport = Static<typeof FindingsReport>

/** The same of comparisons before and after a change of a skill's file: subtype `changed_version`. */
export const ChangedVersionReport = Type.Object(
  { type: Type.Enum(['changed_version']), ...findingsOfWindow() },
  {
    description: 'All findings of subtype `changed_version` about changes in a window.',
    additionalProperties: false,
  },
)
export type ChangedVersionReport = Static<typeof ChangedVersionReport>

function findingsOfWindow() {
  return {
    since: Type.Unsafe<string>({ ...Instant, description: 'Start of the window, included.' }),
    until: Type.Unsafe<string>({ ...Instant, description: 'End of the window, included.' }),
    findings: Type.Array(Finding, { maxItems: FINDINGS_MAX }),
  }
}

/** What a report changed. */
export const FindingsReply = Type.Object(
  {
    inserted: count('Findings that were not stored before.'),
    updated: count('Stored findings that had other values.'),
    deleted: count('Stored findings of the window that the report does not have.'),
    unchanged: count('Stored findings with the same values.'),
    skipped: Type.Optional(
      count(
        'Findings about skills of which no call is recorded, such as deleted ones. They are not stored.',
      ),
    ),
    dropped: Type.Optional(
      count('The oldest findings, which are not kept, as a project keeps 100,000. Open ones are the last.'),
    ),
  },
  { description: 'What a report changed.' },
)
export type FindingsReply = Static<typeof FindingsReply>

/** A finding was opened, revised or resolved, or is gone. */
export const FindingChange = Type.Union([
  Type.Object({
    offset: Type.Integer({ minimum: 1 }),
    op: Type.Enum(['insert', 'update']),
    finding: Finding,
  }),
  Type.Object({
    offset: Type.Integer({ minimum: 1 }),
    op: Type.Literal('delete'),
    finding_id: Type.String(),
  }),
])
export type FindingChange = Static<typeof FindingChange>
