import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name } from './text.ts'
import { DEPENDENCY_UNITS } from './vocabulary.ts'
import { Kind } from './words.ts'

/** Pairs of skills that a report may contain, and transitions likewise. */
export const DEPENDENCIES_MAX = 10_000

const count = (description: string) =>
  Type.Integer({ description, minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const probability = (description: string) => Type.Number({ description, minimum: 0, maximum: 1 })
const instant = (description: string) => Type.Unsafe<string>({ ...Instant, description })

/** Within what skills are used together, and follow each other. */
export const DependencyUnit = Type.Enum(DEPENDENCY_UNITS, {
  description:
    'Within what skills are counted: a session, or a turn, which is one prompt and all until the next one.',
})
export type DependencyUnit = Static<typeof DependencyUnit>

const q_value = probability('The p-value corrected for all tests of the run (Benjamini and Hochberg).')

/** Two skills that are used together, as a report has them. */
export const ReportedDependency = Type.Object(
  {
    kind_a: Kind,
    skill_a: name('The skill whose name comes first.'),
    kind_b: Kind,
    skill_b: name('The other skill.'),
    co_occurrence_count: count('Units with both; each counts once, however often it has them.'),
    with_a: count('Units with `skill_a`.'),
    with_b: count('Units with `skill_b`.'),
    lift_score: Type.Number({
      description:
        'co_occurrence_count · units / (with_a · with_b): 1 when the skills have nothing to do with each other.',
      minimum: 0,
    }),
    p_value: probability("That they are together this often by chance: Fisher's one-sided test."),
    q_value,
  },
  { additionalProperties: false },
)
export type ReportedDependency = Static<typeof ReportedDependency>

/** A skill that was called next after another one, as a report has it. */
export const ReportedTransition = Type.Object(
  {
    from_kind: Kind,
    from_skill: name('The skill that was called first.'),
    to_kind: Kind,
    to_skill: name('The skill that was called next.'),
    transition_count: count('How often `to_skill` was the next call after `from_skill`.'),
    unit_count: count('In how many units.'),
    from_count: count('How often any call followed `from_skill`.'),
    to_count: count('How often `to_skill` followed any call.'),
    lift_score: Type.Number({
      description: 'The share of `to_skill` after `from_skill`, divided by its share after any call.',
      minimum: 0,
    }),
    median_gap_ms: Type.Number({
      description:
        'Median time from the end of the first call to the start of the next; 0 when they overlap.',
      minimum: 0,
    }),
    p_value: probability(
      "That it follows this often by chance: Fisher's one-sided test, each transition once in a unit.",
    ),
    q_value,
  },
  { additionalProperties: false },
)
export type ReportedTransition = Static<typeof ReportedTransition>

const sample = {
  units: count('Sessions or turns that were counted, those without any skill included.'),
  units_needed: count('With fewer units there is not enough data for dependencies.'),
  ignored_units: count('Units that were not counted, as they have too many skills to say anything.'),
  transitions_counted: count('Different transitions that were counted, each once in a unit.'),
  transitions_needed: count('With fewer of them there is not enough data for transitions.'),
  left_out_dependencies: count('Pairs beyond the 10,000 with the lowest q-values.'),
  left_out_transitions: count('Transitions beyond the 10,000 with the lowest q-values.'),
}

/**
 * Which skills are used together, and what follows what. It replaces the report of the same unit as a whole.
 */
export const DependencyReport = Type.Object(
  {
    type: Type.Enum(['dependency']),
    unit: DependencyUnit,
    computed_at: instant('When the report was computed.'),
    since: instant('Start of the window; it has the units that were last active, or began, from here on.'),
    until: instant('End of the window, excluded.'),
    ...sample,
    dependencies: Type.Array(ReportedDependency, { maxItems: DEPENDENCIES_MAX }),
    transitions: Type.Array(ReportedTransition, { maxItems: DEPENDENCIES_MAX }),
  },
  {
    description: 'Which skills are used together, and what follows what, in the units of a window.',
    additionalProperties: false,
  },
)
export type DependencyReport = Static<typeof DependencyReport>

const stored = { last_updated_at: instant('When these numbers were stored; equal ones are left alone.') }

/** Two skills that are used together. */
export const Dependency = Type.Object(
  { ...ReportedDependency.properties, ...stored },
  { description: 'Two skills that are used together.' },
)
export type Dependency = Static<typeof Dependency>

/** A skill that was called next after another one; the other direction is a transition of its own. */
export const Transition = Type.Object(
  { ...ReportedTransition.properties, ...stored },
  { description: 'A skill that was called next after another one.' },
)
export type Transition = Static<typeof Transition>

/** What the items of an answer were computed from. */
export const DependencySample = Type.Object(
  {
    unit: DependencyUnit,
    computed_at: instant('When it was computed.'),
    since: instant('Start of the window that it was computed from.'),
    until: instant('End of that window, excluded.'),
    ...sample,
    enough: Type.Boolean({
      description: 'False when there is not enough data: fewer units, or transitions, than are needed.',
    }),
  },
  { description: 'What was counted.' },
)
export type DependencySample = Static<typeof DependencySample>
