import { RecordReply } from '@skillwatch/schema'
import { problemResponses } from '@skillwatch/service'

/** The answers of the routes that record items. */
export const RECORD_RESPONSES = {
  200: RecordReply,
  ...problemResponses(
    'invalid-request',
    'unauthorized',
    'forbidden',
    'content-too-large',
    'unsupported-media-type',
    'unprocessable',
    'unavailable',
  ),
}
