import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getSimilarityRun, listClusters, listSimilar, snapshot } from '@skillwatch/db'
import { Cluster, SimilarityRun, SimilarSkill } from '@skillwatch/schema'
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

const run = Type.Union([SimilarityRun, Type.Null()], {
  description: 'What it was computed from; null before the first run.',
})
const SimilarReply = Type.Object(
  { run, items: Type.Array(SimilarSkill, { description: 'The most similar first.' }) },
  { description: 'Similar skills, and what they were computed from.' },
)
const ClustersPage = Type.Object({ run, ...pageOf(Cluster).properties }, { description: 'One page.' })

/** `GET /v1/similar` and `GET /v1/clusters`: which skills are similar, and which belong together. */
export function similarRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/similar', { config: { scope: 'read' }, schema: similar }, async ({ project, query }) =>
      snapshot(reader, () => ({
        run: getSimilarityRun(reader, project.project_id) ?? null,
        items: listSimilar(reader, project.project_id, query),
      })),
    )
    app.get('/clusters', { config: { scope: 'read' }, schema: clusters }, async ({ project, query }) =>
      snapshot(reader, () => ({
        run: getSimilarityRun(reader, project.project_id) ?? null,
        ...withCursor(() => listClusters(reader, project.project_id, query)),
      })),
    )
  }
}

const similar = {
  tags: ['findings'],
  summary: 'Skills that are similar to a skill',
  description:
    'By what they are used with in sessions, and by the words of their names and descriptions: `score` is ' +
    'high when either is. Analysis computes them once a day; `run` says when, and from what.',
  querystring: parameters({
    skill_name: nameParameter('Exact name.'),
    kind: kindParameter,
    limit: defaulted(Type.Integer({ description: 'Items at most.', minimum: 1, maximum: 100, default: 20 })),
  }),
  response: { 200: SimilarReply, ...problems },
}

const clusters = {
  tags: ['findings'],
  summary: 'Clusters of skills that belong together, the largest first',
  description:
    'Communities of skills that are used in sessions with the same other skills (Louvain method). Only ' +
    'those that random samples of the sessions confirm; `run` says how stable they are, how many were left ' +
    'out, and from what they were computed. No text is used for them.',
  querystring: parameters({ limit: limitParameter(100), cursor: cursorParameter }),
  response: { 200: ClustersPage, ...problems },
}
