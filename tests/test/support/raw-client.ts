import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type ClientMessage, STREAM_SUBPROTOCOL } from '@skillwatch/schema'

/** A WebSocket client on a bare TCP socket. It reads only when asked. */
export interface RawClient extends Disposable {
  /** Bytes read from the socket so far. */
  readonly bytesRead: number
  /** Reads until the connection ends. */
  drain(): Promise<void>
}

/** Does the handshake (RFC 6455 section 4.1), sends the messages, and reads no more. */
export async function connectWithoutReading(
  url: string,
  messages: readonly ClientMessage[],
): Promise<RawClient> {
  const { hostname, port, host } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  socket.write(
    [
      'GET / HTTP/1.1',
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Sec-WebSocket-Protocol: ${STREAM_SUBPROTOCOL}`,
      '\r\n',
    ].join('\r\n'),
  )
  let bytesRead = 0
  socket.on('data', (chunk: Buffer) => {
    bytesRead += chunk.length
  })
  // A reset also ends the connection.
  socket.on('error', () => undefined)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.pause()
  if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`no handshake: ${answer}`)
  for (const message of messages) socket.write(maskedTextFrame(JSON.stringify(message)))
  return {
    get bytesRead() {
      return bytesRead
    },
    async drain() {
      socket.resume()
      if (!socket.closed) await once(socket, 'close')
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}

/**
 * One final text frame as clients must send it (RFC 6455 section 5.2); with a mask of zeros the text stays
 * as it is.
 */
function maskedTextFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  if (payload.length > 65_535) throw new RangeError('longer than this client can send')
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([Buffer.from([0x81]), length, Buffer.alloc(4), payload])
}
