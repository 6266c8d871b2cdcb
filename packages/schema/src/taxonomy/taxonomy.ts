import { type Static, Type } from 'typebox'
import { Instant } from '../instant.ts'
import { name, text } from '../text.ts'
import { DOMAINS } from '../vocabulary.ts'
import { Kind } from '../words.ts'

/** What a category or a modality is about. The words are session-buddy's. */
export const Domain = Type.Enum(DOMAINS, { description: 'What it is about.' })
export type Domain = Static<typeof Domain>

const nullable = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description })

/** A category of skills. Categories are a tree. */
export const Category = Type.Object(
  {
    category_name: name('Its name, which is unique in the project.'),
    parent: nullable(Type.String(), 'The name of the category above it; null at the root.'),
    description: nullable(Type.String(), 'What belongs to it.'),
    domain: nullable(Domain, 'What it is about.'),
    created_at: Instant,
  },
  { description: 'A category of skills.' },
)
export type Category = Static<typeof Category>

/** What a category is to be. */
export const PutCategory = Type.Object(
  {
    parent: Type.Optional(nullable(name('A category.'), 'The category above it; null for none.')),
    description: Type.Optional(nullable(text('A sentence.', 500), 'What belongs to it.')),
    domain: Type.Optional(nullable(Domain, 'What it is about.')),
  },
  { additionalProperties: false, description: 'What a category is to be. What is left out is null.' },
)
export type PutCategory = Static<typeof PutCategory>

/** The category of a skill that a person chooses. */
export const PutSkillCategory = Type.Object(
  {
    category: nullable(name('A category.'), 'The category; null: the rules decide again.'),
  },
  { additionalProperties: false, description: 'The category that a person chooses for a skill.' },
)
export type PutSkillCategory = Static<typeof PutSkillCategory>

const modality = {
  modality_type: Domain,
  input_format: nullable(name('A format.'), 'What it reads, such as `python_source`.'),
  output_format: nullable(name('A format.'), 'What it makes, such as `diagnostics`.'),
  requires_human_review: Type.Boolean({ description: 'Whether a person has to look at what it makes.' }),
}

/** What a skill reads and makes. */
export const Modality = Type.Object(modality, {
  additionalProperties: false,
  description: 'What a skill reads and makes.',
})
export type Modality = Static<typeof Modality>

const SkillCategory = Type.Object(
  {
    category: Type.String({ description: 'The name of the category.' }),
    confidence: Type.Number({ minimum: 0, maximum: 1, description: '1 when a person chose it.' }),
    assigned_by: Type.Enum(['rule', 'person']),
    rule_id: nullable(Type.String(), 'The rule with the highest confidence; null when a person chose.'),
  },
  { description: 'A category of a skill, and who assigned it.' },
)
export type SkillCategory = Static<typeof SkillCategory>

/** A skill with its categories and its modality. */
export const ClassifiedSkill = Type.Object(
  {
    kind: Kind,
    skill_name: name('The skill.'),
    categories: Type.Array(SkillCategory, { description: 'The one with the highest confidence first.' }),
    modality: nullable(Modality, 'Null where it is not known.'),
    review: Type.Array(Type.Enum(['no_category', 'low_confidence', 'human_review']), {
      description:
        'Why a person should look at it: no rule matches, the highest confidence is below 0.6, or what the ' +
        'skill makes needs a review.',
    }),
  },
  { description: 'A skill with its categories.' },
)
export type ClassifiedSkill = Static<typeof ClassifiedSkill>
