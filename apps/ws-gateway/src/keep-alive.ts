import type { WebSocket } from 'ws'

/**
 * Pings a connection at intervals, to detect that the other end is gone.
 * @param onSilence called when nothing was received since the last ping
 */
export function keepAlive(socket: WebSocket, pingMs: number, onSilence: () => void): void {
  let isHeard = true
  const onSign = () => {
    isHeard = true
  }
  const timer = setInterval(() => {
    if (!isHeard) return onSilence()
    isHeard = false
    socket.ping()
  }, pingMs)
  socket.on('pong', onSign).on('message', onSign)
  socket.once('close', () => clearInterval(timer))
}
