import { fastifyCompress } from '@fastify/compress'
import { ProblemError, type Service } from '@skillwatch/service'

/**
 * Accepts gzip. The body limit applies to the decompressed bytes, so that reading a gzip bomb stops there.
 */
export async function takeGzip(app: Service): Promise<void> {
  await app.register(fastifyCompress, {
    globalCompression: false,
    requestEncodings: ['gzip', 'identity'],
    onInvalidRequestPayload: (encoding, _request, error) => ({
      name: error.name,
      ...{ statusCode: 400, message: `the body is not complete ${encoding} data: ${error.message}` },
    }),
    onUnsupportedRequestEncoding: () =>
      new ProblemError('unsupported-media-type', 'Content-Encoding may be gzip or identity'),
  })
}
