import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type ExperimentWithUsers, getExperiment, listExperiments } from '@skillwatch/db'
import {
  Experiment,
  type ExperimentAnalysis,
  ExperimentDetail,
  ExperimentStatus,
  formatInstant,
} from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  cursorParameter,
  limitParameter,
  nameParameter,
  orderParameter,
  orNotFound,
  pageOf,
  parameters,
  problems,
  withCursor,
} from './parameters.ts'

/** `GET /v1/experiments` and `GET /v1/experiments/{name}`. */
export function experimentRoutes({ reader, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/experiments',
      { config: { scope: 'read' }, schema: listSchema },
      async ({ project: { project_id }, query }) =>
        withCursor(() => listExperiments(reader, project_id, query)),
    )
    app.get(
      '/experiments/:name',
      { config: { scope: 'read' }, schema: detailSchema },
      async ({ project: { project_id }, params }) => {
        const found = getExperiment(reader, project_id, params.name)
        if (found === undefined)
          throw new ProblemError(
            'not-found',
            'this project has no such experiment; GET /v1/experiments lists all',
          )
        return { ...found.experiment, analysis: await analysisOf(found, formatInstant(now())) }
      },
    )
  }
}

/** The stored analysis, or that of now. The statistics are loaded when they are first needed. */
async function analysisOf(found: ExperimentWithUsers, at: string): Promise<ExperimentAnalysis> {
  if (found.analysis !== null) return found.analysis
  const { analyseExperiment } = await import('@skillwatch/analytics/experiments')
  return analyseExperiment(found, at)
}

const tags = ['experiments']

const listSchema = {
  tags,
  summary: 'List the experiments',
  description: 'With the number of users of each group, and without an analysis.',
  querystring: parameters({
    status: Type.Optional(Type.Enum(ExperimentStatus.enum, { description: 'Only those of this status.' })),
    order: orderParameter('By when they were created.'),
    limit: limitParameter(100),
    cursor: cursorParameter,
  }),
  response: { 200: pageOf(Experiment), ...problems },
}

const detailSchema = {
  tags,
  summary: 'Get an experiment with what it shows',
  description:
    'The analysis may be read at any time and as often as one likes: its p-values and intervals hold over ' +
    'all looks together. That of a concluded experiment is as it was then.',
  params: Type.Object({ name: nameParameter('Name of the experiment.') }),
  response: { 200: ExperimentDetail, ...orNotFound },
}
