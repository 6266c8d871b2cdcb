import { Counter, Gauge, type Registry } from 'prom-client'

/** What the gateway counts about itself. Label values are few and fixed (R8). */
export interface GatewayMetrics {
  readonly clients: Gauge<'protocol'>
  readonly subscriptions: Gauge<'type'>
  readonly messagesSent: Counter<'protocol'>
  readonly bytesSent: Counter<'protocol'>
  readonly messagesRefused: Counter<'code'>
  readonly handshakesRefused: Counter<'reason'>
  readonly pausedClients: Gauge
  readonly pauses: Counter
  readonly snapshotsSkipped: Counter
  readonly closes: Counter<'code'>
  readonly pollErrors: Counter
}

/** @param registry gets the metrics; nothing is global */
export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry]
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  return {
    clients: gauge('skillwatch_ws_clients', 'Open WebSocket connections: `skillwatch` or `session_buddy`.', ['protocol']),
    subscriptions: gauge('skillwatch_ws_subscriptions', 'Open subscriptions: `changes` or `metrics`.', ['type']),
    messagesSent: counter('skillwatch_ws_messages_sent_total', 'Messages handed to sockets.', ['protocol']),
    bytesSent: counter('skillwatch_ws_sent_bytes_total', 'Payload bytes handed to sockets.', ['protocol']),
    messagesRefused: counter('skillwatch_ws_messages_refused_total', 'Messages answered by an error.', ['code']),
    handshakesRefused: counter('skillwatch_ws_handshakes_refused_total', 'Connections not taken.', ['reason']),
    pausedClients: gauge('skillwatch_ws_paused_clients', 'Clients that have to read before they are sent more.'),
    pauses: counter('skillwatch_ws_pauses_total', 'Times that a client was paused.'),
    snapshotsSkipped: counter('skillwatch_ws_snapshots_skipped_total', 'Metrics snapshots not sent to paused clients.'),
    closes: counter('skillwatch_ws_closes_total', 'Closed connections by close code.', ['code']),
    pollErrors: counter('skillwatch_ws_poll_errors_total', 'Failed looks at the change log; each is tried again.'),
  }
}
