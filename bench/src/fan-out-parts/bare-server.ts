/**
 * A process of its own with `ws` alone. Sends prepared messages to all clients as fast as they read them.
 * Arguments: port, number of clients, file with one message a line. Starts at SIGUSR2.
 */
import { readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { WebSocketServer } from 'ws'

/** Most bytes that wait for one client; the gateway pauses a client at the same number. */
const BUFFER_LIMIT_BYTES = 524_288

const [portText, clientsText, messagesPath = ''] = process.argv.slice(2)
const messages = readFileSync(messagesPath, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => Buffer.from(line))

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(portText), perMessageDeflate: false })
server.on('connection', (socket) => {
  socket.on('message', () => socket.send('{"type":"subscribed"}'))
})
process.once('SIGUSR2', () => void broadcast())
process.once('SIGTERM', () => process.exit())
server.once('listening', () => process.stdout.write('listening\n'))

async function broadcast(): Promise<void> {
  const sockets = [...server.clients]
  if (sockets.length !== Number(clientsText))
    throw new Error(`expected ${clientsText} clients, got ${sockets.length}`)
  for (const message of messages) {
    for (const socket of sockets) socket.send(message, { binary: false })
    do await turn()
    while (sockets.some((socket) => socket.bufferedAmount >= BUFFER_LIMIT_BYTES))
  }
}
