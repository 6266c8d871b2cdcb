import type { WebSocket } from 'ws'

/**
 * Pings a connection, so that one whose other end is gone is found out.
 * @param onSilence called at each ping while nothing has come since the one before
 */
export function keepAlive(socket: WebSocket, pingMs: number, onSilence: () => void): void {
  let heard = true
  const onSign = () => {
    heard = true
  }
  const timer = setInterval(() => {
    if (!heard) return onSilence()
    heard = false
    socket.ping()
  }, pingMs)
  socket.on('pong', onSign).on('message', onSign)
  socket.once('close', () => clearInterval(timer))
}
