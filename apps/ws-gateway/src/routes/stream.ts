import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { streamPosition } from '@skillwatch/db'
import { StreamPosition } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { parameters, problems } from './parameters.ts'

const StreamHead = Type.Object(
  {
    ...StreamPosition.properties,
    oldest_offset: Type.Integer({
      minimum: 1,
      description: 'The oldest change in the log; a replay can begin here.',
    }),
  },
  { description: 'The first and the last offset of the change log of the project.' },
)

export function streamRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/stream',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['stream'],
          summary: 'The position of the change log',
          description:
            'Read it before other lists, then subscribe on the WebSocket from `{epoch, offset}`: no ' +
            'change is missed in between.',
          querystring: parameters({}),
          response: { 200: StreamHead, ...problems },
        },
      },
      async ({ project }) => {
        const { epoch, last_offset, oldest_offset } = streamPosition(reader, project.project_id)
        return { epoch, offset: last_offset, oldest_offset }
      },
    )
  }
}
