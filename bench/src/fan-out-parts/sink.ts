import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { STREAM_SUBPROTOCOL } from '@skillwatch/schema'
import { type Frame, FrameReader, shortFrame } from './frames.ts'

const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 }
const SUBSCRIBE = Buffer.from(JSON.stringify({ type: 'subscribe', id: 'bench' }))
const RANGE = /"from":(\d+),"to":(\d+)/

/** What a client has received so far. */
export interface Sink extends Disposable {
  readonly messages: number
  readonly changes: number
  readonly bytes: number
}

export interface SinkOptions {
  readonly url: string
  readonly onSubscribed: () => void
  /** Called for each `changes` message. */
  readonly onChanges: (payload: Buffer) => void
  readonly onFailure: (error: Error) => void
}

/**
 * A client that costs little: a TCP connection with a WebSocket handshake that reads only the start of each
 * message. It checks that the ranges follow each other, so it counts changes in order and without a gap.
 */
export function openSink({ url, onSubscribed, onChanges, onFailure }: SinkOptions): Sink {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const counts = { messages: 0, changes: 0, bytes: 0 }
  let lastTo: number | undefined

  const onFrame = ({ opcode, payload }: Frame) => {
    if (opcode === OPCODE.ping) socket.write(shortFrame(OPCODE.pong, payload))
    else if (opcode === OPCODE.close)
      onFailure(new Error(`closed by the server: ${payload.toString('latin1', 2)}`))
    else if (opcode === OPCODE.text) onText(payload)
  }
  const onText = (payload: Buffer) => {
    const head = payload.toString('latin1', 0, 100)
    if (head.startsWith('{"type":"changes"')) countChanges(head, payload)
    else if (head.startsWith('{"type":"subscribed"')) onSubscribed()
  }
  const countChanges = (head: string, payload: Buffer) => {
    const [, from, to] = (RANGE.exec(head) ?? []).map(Number)
    if (from === undefined || to === undefined) throw new TypeError(`not a changes message: ${head}`)
    if (lastTo !== undefined && from !== lastTo + 1) onFailure(new Error(`after ${lastTo} came ${from}`))
    lastTo = to
    counts.messages += 1
    counts.changes += to - from + 1
    counts.bytes += payload.length
    onChanges(payload)
  }

  socket
    .on('error', onFailure)
    .on('connect', () => shakeHands(socket, hostname, port, new FrameReader(onFrame)))
  return Object.assign(counts, { [Symbol.dispose]: () => void socket.destroy() })
}

function shakeHands(socket: Socket, hostname: string, port: string, frames: FrameReader): void {
  socket.write(
    [
      'GET / HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Sec-WebSocket-Protocol: ${STREAM_SUBPROTOCOL}`,
      '\r\n',
    ].join('\r\n'),
  )
  let answer = Buffer.alloc(0)
  const onAnswer = (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk])
    const end = answer.indexOf('\r\n\r\n')
    if (end === -1) return
    socket.off('data', onAnswer)
    if (!answer.toString('latin1', 0, 12).startsWith('HTTP/1.1 101')) {
      socket.destroy(new Error(`no WebSocket: ${answer.toString('latin1', 0, 200)}`))
      return
    }
    socket.on('data', (data: Buffer) => frames.push(data))
    socket.write(shortFrame(OPCODE.text, SUBSCRIBE))
    if (answer.length > end + 4) frames.push(answer.subarray(end + 4))
  }
  socket.on('data', onAnswer)
}
