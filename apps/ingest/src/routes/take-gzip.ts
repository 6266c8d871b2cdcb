import { fastifyCompress } from '@fastify/compress'
import { ProblemError, type Service } from '@skillwatch/service'

/**
 * The limit of the body counts what comes out of the decompression, so a bomb is cut off where it gets too
 * large.
 */
export async function takeGzip(app: Service): Promise<void> {
  await app.register(fastifyCompress, {
    globalCompression: false,
    requestEncodings: ['gzip', 'identity'],
    onInvalidRequestPayload: (encoding, _request, error) => ({
      name: error.name,
      ...{ statusCode: 400, message: `the body is not whole ${encoding} data: ${error.message}` },
    }),
    onUnsupportedRequestEncoding: () =>
      new ProblemError('unsupported-media-type', 'Content-Encoding may be gzip or identity'),
  })
}
