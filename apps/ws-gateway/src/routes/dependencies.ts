import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listDependencies, listTransitions } from '@skillwatch/db'
import { Dependency, DependencySample, DependencyUnit, Transition } from '@skillwatch/schema'
import { type TSchema, Type } from 'typebox'
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

const listParameters = {
  unit: defaulted(
    Type.Enum(DependencyUnit.enum, { default: 'session', description: 'Within what skills are counted.' }),
  ),
  min_lift: Type.Optional(Type.Number({ minimum: 0, description: 'Only those with at least this lift.' })),
  q_max: defaulted(
    Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.05,
      description: 'Only those with at most this q-value; 1 for all that are stored.',
    }),
  ),
  limit: limitParameter(100),
  cursor: cursorParameter,
}

/** A page, with what it was computed from. */
const pageWithSample = <T extends TSchema>(item: T) =>
  Type.Object(
    {
      ...pageOf(item).properties,
      sample: Type.Union([DependencySample, Type.Null()], {
        description: 'What the items were computed from; null when nothing was computed yet.',
      }),
    },
    { description: 'One page.' },
  )

const COMPUTED =
  'Analysis computes all of them now and then; `sample` says when, and from what. Where `sample.enough` is ' +
  'false there is not enough data, and no items.'

/** `GET /v1/dependencies` and `GET /v1/transitions`: what is used together, and what follows what. */
export function dependencyRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/dependencies',
      { config: { scope: 'read' }, schema: dependencies },
      async ({ project, query }) => withCursor(() => listDependencies(reader, project.project_id, query)),
    )
    app.get('/transitions', { config: { scope: 'read' }, schema: transitions }, async ({ project, query }) =>
      withCursor(() => listTransitions(reader, project.project_id, query)),
    )
  }
}

const dependencies = {
  tags: ['findings'],
  summary: 'Skills that are used together, by lift',
  description:
    'Pairs of skills, commands, agents and MCP tools that the same session or turn has, the highest lift ' +
    `first. By default those that are together more often than by chance. ${COMPUTED}`,
  querystring: parameters({
    kind: kindParameter,
    skill_name: Type.Optional(nameParameter('Exact name of either of the two; with `kind`, of that kind.')),
    ...listParameters,
  }),
  response: { 200: pageWithSample(Dependency), ...problems },
}

const transitions = {
  tags: ['findings'],
  summary: 'What is called next after what, by lift',
  description:
    'The next call after a call, among skills, commands, agents and MCP tools of the same session or turn, the ' +
    `highest lift first. Each direction is a transition of its own. ${COMPUTED}`,
  querystring: parameters({
    from: Type.Optional(nameParameter('Exact name of what was called first.')),
    from_kind: kindParameter,
    to: Type.Optional(nameParameter('Exact name of what was called next.')),
    to_kind: kindParameter,
    ...listParameters,
  }),
  response: { 200: pageWithSample(Transition), ...problems },
}
