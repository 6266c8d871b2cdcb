// Imports nothing, so that a client in a browser does not load the schemas.

/** The WebSocket subprotocol (RFC 6455 section 1.9) of the stream. */
export const STREAM_SUBPROTOCOL = 'skillwatch.v1.json'

/** After a close code from here to 4999, a client must not connect again. */
export const CLOSE_CODE_FINAL_MIN = 4500
