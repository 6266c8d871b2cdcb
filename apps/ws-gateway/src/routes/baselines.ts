import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getBaselineRun, listBaselines, snapshot } from '@skillwatch/db'
import { Baseline, BaselineRun } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  cursorParameter,
  defaulted,
  kindParameter,
  limitParameter,
  nameParameter,
  pageOf,
  parameters,
  problems,
  withCursor,
} from './parameters.ts'

const BaselinesPage = Type.Object(
  {
    run: Type.Union([BaselineRun, Type.Null()], { description: 'Null before the first run.' }),
    ...pageOf(Baseline).properties,
  },
  { description: 'One page, and the run that the baselines are from.' },
)

/** `GET /v1/baselines`: what is usual for skills over all persons of the project. */
export function baselineRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/baselines',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['findings'],
          summary: 'What is usual for each skill over all persons',
          description:
            'Computed by a run, not by this request: `run` says when, over which window and how many ' +
            'persons, and how many skills are withheld, as their numbers could show what one person did. ' +
            'Each number is rounded to at least what one person can change, or follows from rounded ' +
            'numbers. What one person did is not served.',
          querystring: parameters({
            kind: kindParameter,
            skill_name: Type.Optional(nameParameter('Exact name.')),
            order: defaulted(
              Type.Enum(['asc', 'desc'], { default: 'asc', description: 'By kind and name.' }),
            ),
            limit: limitParameter(100),
            cursor: cursorParameter,
          }),
          response: { 200: BaselinesPage, ...problems },
        },
      },
      async ({ project: { project_id }, query }) =>
        // A report that is stored meanwhile would be another run than that of the page.
        snapshot(reader, () => ({
          run: getBaselineRun(reader, project_id) ?? null,
          ...withCursor(() => listBaselines(reader, project_id, query)),
        })),
    )
  }
}
