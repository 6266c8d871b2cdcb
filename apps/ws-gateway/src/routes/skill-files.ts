import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listSkillFiles } from '@skillwatch/db'
import { SkillFile, SkillFileKind } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  cursorParameter,
  limitParameter,
  nameParameter,
  pageOf,
  parameters,
  problems,
  withCursor,
} from './parameters.ts'

/** `GET /v1/skill-files`: the files of skills that scans have found. */
export function skillFileRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/skill-files', { config: { scope: 'read' }, schema }, async ({ project, query }) =>
      withCursor(() => listSkillFiles(reader, project.project_id, query)),
    )
  }
}

const schema = {
  tags: ['skills'],
  summary: 'Files of skills, by kind and name',
  description:
    'What `skillwatch skills scan` has found, also what is gone: `removed_at` says since when. The text of a ' +
    'file is not stored.',
  querystring: parameters({
    kind: Type.Optional(Type.Enum(SkillFileKind.enum, { description: 'Only this kind.' })),
    skill_name: Type.Optional(nameParameter('Exact name.')),
    limit: limitParameter(100),
    cursor: cursorParameter,
  }),
  response: { 200: pageOf(SkillFile), ...problems },
}
