import { type Static, Type } from 'typebox'
import { Kind } from './words.ts'

/** What a recommendation is made from. */
const RecommendationSource = Type.Enum(['persons', 'text', 'workflow_phase', 'baselines', 'calls'], {
  description:
    '`persons`: what persons who use the same skills also use. `text`: names and descriptions. ' +
    '`workflow_phase`: what is used in the phase. Where these say nothing: `baselines`, what is usual over ' +
    'all persons, and without baselines `calls`, what is called most.',
})
export type RecommendationSource = Static<typeof RecommendationSource>

const reason = (description: string) => Type.String({ description })

/** A skill that is recommended. */
export const Recommendation = Type.Object(
  {
    kind: Kind,
    skill_name: Type.String({ description: 'The skill that is recommended.' }),
    score: Type.Number({
      description: 'Comparable within one answer only; docs/ANALYTICS.md has the formula of each source.',
      minimum: 0,
      maximum: 1,
    }),
    source: RecommendationSource,
    reason: reason('Why, in one sentence with its numbers.'),
    samples: Type.Integer({ description: 'How many persons or calls say so.', minimum: 0 }),
    sample_unit: Type.Enum(['persons', 'calls'], { description: 'What `samples` counts.' }),
  },
  { description: 'A skill that is recommended.' },
)
export type Recommendation = Static<typeof Recommendation>

/** Recommendations, and where they are from. */
export const RecommendationReply = Type.Object(
  {
    source: RecommendationSource,
    reason: reason('What the answer is made from; when that is a fallback, why.'),
    items: Type.Array(Recommendation, {
      description: 'The best first; none when there is too little data.',
    }),
  },
  { description: 'Recommendations, and where they are from.' },
)
export type RecommendationReply = Static<typeof RecommendationReply>
