import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listCategories, listClassified } from '@skillwatch/db'
import { Category, ClassifiedSkill } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  cursorParameter,
  kindParameter,
  limitParameter,
  nameParameter,
  pageOf,
  parameters,
  problems,
  withCursor,
} from './parameters.ts'

/** `GET /v1/categories` and `GET /v1/taxonomy`: categories, and which skill has which. */
export function taxonomyRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/categories', { config: { scope: 'read' }, schema: categories }, async ({ project }) => ({
      items: listCategories(reader, project.project_id),
    }))
    app.get('/taxonomy', { config: { scope: 'read' }, schema: taxonomy }, async ({ project, query }) =>
      withCursor(() => listClassified(reader, project.project_id, query)),
    )
  }
}

const categories = {
  tags: ['taxonomy'],
  summary: 'The categories of the project, by name',
  description: 'A project has at most 1,000 of them.',
  querystring: parameters({}),
  response: { 200: Type.Object({ items: Type.Array(Category) }), ...problems },
}

const taxonomy = {
  tags: ['taxonomy'],
  summary: 'Skills with their categories and modalities',
  description:
    'Skills, commands, sub-agents and MCP tools that are installed or were called. Rules assign categories by ' +
    'the words of names and descriptions; what a person chose wins, with confidence 1.',
  querystring: parameters({
    kind: kindParameter,
    skill_name: Type.Optional(nameParameter('Exact name.')),
    category: Type.Optional(nameParameter('Only skills of this category.')),
    review: Type.Optional(Type.Boolean({ description: 'true: only what a person should look at.' })),
    limit: limitParameter(100),
    cursor: cursorParameter,
  }),
  response: { 200: pageOf(ClassifiedSkill), ...problems },
}
