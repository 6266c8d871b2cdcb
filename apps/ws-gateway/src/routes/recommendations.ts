import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { snapshot } from '@skillwatch/db'
import { RecommendationReply } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { createRecommend } from '../recommend.ts'
import { defaulted, nameParameter, parameters, problems, wrongParameter } from './parameters.ts'

const QUERY_LENGTH_MAX = 1_000
const ASKED = ['user_id', 'query', 'workflow_phase'] as const

/** `GET /v1/recommendations`: which skills to try. */
export function recommendationRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  const recommend = createRecommend(reader)
  return async (app) => {
    app.get(
      '/recommendations',
      { config: { scope: 'read' }, schema },
      async ({ project: { project_id }, query }) => {
        const [, second] = ASKED.filter((each) => query[each] !== undefined)
        if (second !== undefined)
          throw wrongParameter(second, 'is given with another one of user_id, query and workflow_phase')
        return snapshot(reader, () => recommend(project_id, query))
      },
    )
  }
}

const schema = {
  tags: ['findings'],
  summary: 'Skills to try: for a person, a query or a phase of a workflow',
  description:
    'At most one of `user_id`, `query` and `workflow_phase`. For a person it is what persons who use the ' +
    'same skills also use, without what the person already uses well: skills that completed, in at least ' +
    'half of the ended calls. Where too little is known, and without any of the three, it falls back to ' +
    'the baselines, and without these to all calls; `source` and `reason` say so. Tools are not ' +
    'recommended. A user id is compared as its keyed hash, and is not stored.',
  querystring: parameters({
    user_id: Type.Optional(nameParameter('The person, as calls report it.')),
    query: Type.Optional(
      Type.String({
        description: 'What is to be done, in words that may be in names or descriptions.',
        minLength: 1,
        maxLength: QUERY_LENGTH_MAX,
      }),
    ),
    workflow_phase: Type.Optional(nameParameter('Exact phase.')),
    limit: defaulted(Type.Integer({ description: 'Items at most.', minimum: 1, maximum: 100, default: 5 })),
  }),
  response: { 200: RecommendationReply, ...problems },
}
