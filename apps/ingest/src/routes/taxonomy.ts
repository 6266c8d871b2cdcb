import type { Recorder, TaxonomyChange, TaxonomyOutcome } from '@skillwatch/db'
import { Kind, Modality, name, PutCategory, PutSkillCategory } from '@skillwatch/schema'
import { ProblemError, problemResponses, type Service } from '@skillwatch/service'
import { Type } from 'typebox'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'

export interface TaxonomyDeps {
  recorder: Pick<Recorder, 'changeTaxonomy'>
  metrics: IngestMetrics
}

const config = { scope: 'admin' } as const
const tags = ['taxonomy']
const Done = Type.Object({}, { additionalProperties: false, description: 'It is done.' })

const REFUSALS: Readonly<
  Record<Exclude<TaxonomyOutcome, 'done'>, readonly ['not-found' | 'unprocessable', string]>
> = {
  no_category: ['not-found', 'there is no such category; GET /v1/categories of ws-gateway lists all'],
  no_skill: ['not-found', 'no call and no file of such a skill is known'],
  no_parent: ['unprocessable', 'there is no category with the name of the parent'],
  parent_below: ['unprocessable', 'the parent is the category itself, or below it'],
  too_many_categories: ['unprocessable', 'a project has at most 1,000 categories'],
}

/** `/v1/categories` and `/v1/skills/…`: changes of the taxonomy by a person. Reads are at ws-gateway. */
export function taxonomyRoutes({ recorder, metrics }: TaxonomyDeps) {
  const change = async ({ project_id }: { project_id: number }, wanted: TaxonomyChange) => {
    const outcome = await recorder.changeTaxonomy(project_id, wanted).catch((error: unknown) => {
      throw toRefusal(error, metrics)
    })
    if (outcome !== 'done') throw new ProblemError(...REFUSALS[outcome])
    return {}
  }
  return async (app: Service): Promise<void> => {
    app.put('/v1/categories/:category_name', { config, schema: putSchema }, ({ params, body, project }) =>
      change(project, { put: params.category_name, category: body }),
    )
    app.delete('/v1/categories/:category_name', { config, schema: removeSchema }, ({ params, project }) =>
      change(project, { remove: params.category_name }),
    )
    app.put(
      '/v1/skills/:kind/:skill_name/category',
      { config, schema: assignSchema },
      ({ params, body, project }) => change(project, { assign: params, to: body.category }),
    )
    app.put(
      '/v1/skills/:kind/:skill_name/modality',
      { config, schema: describeSchema },
      ({ params, body, project }) => change(project, { describe: params, modality: body }),
    )
  }
}

const response = {
  200: Done,
  ...problemResponses(
    'invalid-request',
    'unauthorized',
    'forbidden',
    'not-found',
    'unprocessable',
    'unavailable',
  ),
}
const category = Type.Object({ category_name: name('Name of the category.') })
const skill = Type.Object({ kind: Kind, skill_name: name('Exact name of the skill.') })

const putSchema = {
  tags,
  summary: 'Make or change a category',
  description: 'A category that exists gets these values; its skills stay. Categories are a tree.',
  params: category,
  body: PutCategory,
  response,
}

const removeSchema = {
  tags,
  summary: 'Remove a category',
  description: 'Those below it move to the one above it. Its skills have the categories of rules again.',
  params: category,
  response,
}

const assignSchema = {
  tags,
  summary: 'Choose the category of a skill',
  description: 'It is the only category of the skill, with confidence 1, until it is withdrawn with null.',
  params: skill,
  body: PutSkillCategory,
  response,
}

const describeSchema = {
  tags,
  summary: 'Say what a skill reads and makes',
  description: 'Replaces what was said before, also by the seed.',
  params: skill,
  body: Modality,
  response,
}
