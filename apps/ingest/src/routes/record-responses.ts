import { RecordReply } from '@skillwatch/schema'
import { problemResponses } from '@skillwatch/service'

/** The refusals of the routes that store what they are sent. */
export const STORING_PROBLEMS = problemResponses(
  'invalid-request',
  'unauthorized',
  'forbidden',
  'content-too-large',
  'unsupported-media-type',
  'unprocessable',
  'unavailable',
)

/** The answers of the routes that record items. */
export const RECORD_RESPONSES = { 200: RecordReply, ...STORING_PROBLEMS }
