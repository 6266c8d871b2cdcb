// Imports nothing, so that a browser's client can have it without the schemas.

/** The WebSocket subprotocol (RFC 6455 section 1.9) of the stream. */
export const STREAM_SUBPROTOCOL = 'skillwatch.v1.json'

/** Close codes from here to 4999 mean: do not come back. */
export const CLOSE_CODE_FINAL_MIN = 4500
