import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listFindings } from '@skillwatch/db'
import { Finding } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import {
  byTimeParameters,
  defaulted,
  kindParameter,
  nameParameter,
  pageOf,
  parameters,
  problems,
  windowOf,
  withCursor,
} from './parameters.ts'

/** `GET /v1/findings`: what analysis concluded about skills. */
export function findingRoutes({ reader, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/findings',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['findings'],
          summary: 'Findings by when they opened',
          description:
            'A finding is open while a skill differs from its baseline. The analyst revises the findings of ' +
            'the last days: they may change, and one that is not confirmed by later data disappears.',
          querystring: parameters({
            type: Type.Optional(Type.Enum(Finding.properties.type.enum, { description: 'Only this type.' })),
            state: defaulted(
              Type.Enum(['open', 'resolved', 'all'], {
                default: 'open',
                description: 'Open ones by default.',
              }),
            ),
            kind: kindParameter,
            skill_name: Type.Optional(nameParameter('Exact name.')),
            ...byTimeParameters('opened_at'),
          }),
          response: { 200: pageOf(Finding), ...problems },
        },
      },
      async ({ project, query: { since, until, type: _, ...query } }) => {
        const window = windowOf({ since, until }, now())
        return withCursor(() => listFindings(reader, project.project_id, { ...query, ...window }))
      },
    )
  }
}
