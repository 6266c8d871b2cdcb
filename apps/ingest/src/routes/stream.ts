import { type Reader, streamPosition } from '@skillwatch/db'
import { StreamPosition } from '@skillwatch/schema'
import { problemResponses, type Service } from '@skillwatch/service'

/** `GET /v1/stream`: the newest position in the change log of the key's project. */
export function streamRoutes(reader: Reader) {
  return async (app: Service): Promise<void> => {
    app.get(
      '/v1/stream',
      { config: { scope: 'ingest' }, schema },
      async ({ project }): Promise<StreamPosition> => {
        const { epoch, last_offset } = streamPosition(reader, project.project_id)
        return { epoch, offset: last_offset }
      },
    )
  }
}

const schema = {
  tags: ['recording'],
  summary: 'Newest position in the change log',
  response: { 200: StreamPosition, ...problemResponses('unauthorized', 'forbidden') },
}
