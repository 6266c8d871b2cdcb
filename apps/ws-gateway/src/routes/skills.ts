import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getSkill, listSkills } from '@skillwatch/db'
import { Kind, SkillOrder, SkillSummary } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  cursorParameter,
  defaulted,
  kindParameter,
  limitParameter,
  nameParameter,
  orderParameter,
  orNotFound,
  pageOf,
  parameters,
  problems,
  withCursor,
} from './parameters.ts'

const listSchema = {
  tags: ['skills'],
  summary: 'Counts and durations of skills',
  description:
    'Read from roll-ups. The order changes while pages are read: a skill whose number changes between two ' +
    'pages may be on both or on neither.',
  querystring: parameters({
    kind: kindParameter,
    skill_name: Type.Optional(
      nameParameter('Exact name. Also for names that a path cannot carry, such as `..`.'),
    ),
    prefix: Type.Optional(nameParameter('Only skills whose name begins with it.')),
    order_by: defaulted(
      Type.Enum(SkillOrder.enum, {
        default: 'invocation_count',
        description: 'What the list is ordered by; ties by kind and name.',
      }),
    ),
    order: orderParameter('`desc`: the highest first.'),
    limit: limitParameter(100),
    cursor: cursorParameter,
  }),
  response: { 200: pageOf(SkillSummary), ...problems },
}

export function skillRoutes({ reader, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/skills',
      {
        config: { scope: 'read' },
        schema: listSchema,
      },
      async ({ project, query }) =>
        withCursor(() => listSkills(reader, project.project_id, { ...query, nowMs: now() })),
    )

    app.get(
      '/skills/:skill_name',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['skills'],
          summary: 'Counts and durations of one skill',
          params: parameters({ skill_name: nameParameter('Percent-encoded, slashes too (`%2F`).') }),
          querystring: parameters({
            kind: defaulted(Type.Enum(Kind.enum, { default: 'skill', description: 'What was called.' })),
          }),
          response: { 200: SkillSummary, ...orNotFound },
        },
      },
      async ({ project, params: { skill_name }, query: { kind } }) => {
        const skill = getSkill(reader, project.project_id, kind, skill_name, now())
        if (skill) return skill
        throw new ProblemError(
          'not-found',
          `nothing is recorded of ${kind} ${JSON.stringify(skill_name)}; see GET /v1/skills`,
        )
      },
    )
  }
}
