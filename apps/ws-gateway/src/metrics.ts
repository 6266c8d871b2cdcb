import { CLOSE_CODES } from '@skillwatch/schema'
import { Counter, Gauge, type Registry } from 'prom-client'

/** What the stream measures at each scrape. */
interface StreamMeasures {
  readonly changesSubscriptions: number
  readonly metricsSubscriptions: number
  /**
   * For each project with subscriptions: the newest offset read, and how many committed changes follow it.
   */
  readonly tails: readonly { projectId: number; offset: number; lag: number }[]
}

/**
 * Metrics of the gateway. Label values are few and fixed (R8); `protocol` is `skillwatch` or
 * `session_buddy`.
 */
export interface GatewayMetrics {
  readonly clients: Gauge<'protocol'>
  readonly messagesSent: Counter<'protocol'>
  readonly bytesSent: Counter<'protocol'>
  readonly messagesRefused: Counter<'code'>
  readonly handshakesRefused: Counter<'reason'>
  readonly pausedClients: Gauge
  readonly pauses: Counter
  readonly snapshotsSkipped: Counter
  readonly pollErrors: Counter
  /** @param code the close code, whichever side closed the connection */
  countClose(code: number): void
  /** Registers the gauges of the stream, which are measured at each scrape. */
  observeStream(measure: () => StreamMeasures): void
}

/** @param registry gets the metrics; nothing is global */
export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry]
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  const closes = counter('skillwatch_ws_closes_total', 'Closed connections by close code.', ['code'])
  return {
    clients: gauge('skillwatch_ws_clients', 'Open WebSocket connections by protocol.', ['protocol']),
    messagesSent: counter('skillwatch_ws_messages_sent_total', 'Messages given to sockets.', ['protocol']),
    bytesSent: counter('skillwatch_ws_sent_bytes_total', 'Payload bytes given to sockets.', ['protocol']),
    messagesRefused: counter('skillwatch_ws_messages_refused_total', 'Messages answered with an error.', [
      'code',
    ]),
    handshakesRefused: counter('skillwatch_ws_handshakes_refused_total', 'Refused connections.', ['reason']),
    pausedClients: gauge(
      'skillwatch_ws_paused_clients',
      'Clients that are sent no changes until they have read more.',
    ),
    pauses: counter('skillwatch_ws_pauses_total', 'Times that a client was paused.'),
    snapshotsSkipped: counter(
      'skillwatch_ws_snapshots_skipped_total',
      'Metrics messages not sent, as the client was paused.',
    ),
    pollErrors: counter(
      'skillwatch_ws_poll_errors_total',
      'Failed reads of the change log; each is tried again.',
    ),
    countClose: (code) => closes.inc({ code: closeCodeLabel(code) }),
    observeStream: (measure) => registerStreamGauges(registry, measure),
  }
}

const KNOWN_CODES = new Set([
  ...Object.values(CLOSE_CODES).map(({ code }) => code),
  ...[1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 1013, 4001],
])

/** Clients may close with any code; only known codes become label values. */
function closeCodeLabel(code: number): string {
  return KNOWN_CODES.has(code) ? String(code) : 'other'
}

function registerStreamGauges(registry: Registry, measure: () => StreamMeasures): void {
  const registers = [registry]
  new Gauge({
    name: 'skillwatch_ws_subscriptions',
    help: 'Open subscriptions: `changes` or `metrics`.',
    labelNames: ['type'],
    registers,
    collect() {
      const { changesSubscriptions, metricsSubscriptions } = measure()
      this.set({ type: 'changes' }, changesSubscriptions)
      this.set({ type: 'metrics' }, metricsSubscriptions)
    },
  })
  new Gauge({
    name: 'skillwatch_ws_tail_offset',
    help: 'Newest offset read, for each project with subscriptions.',
    labelNames: ['project_id'],
    registers,
    collect() {
      this.reset()
      for (const { projectId, offset } of measure().tails) this.set({ project_id: projectId }, offset)
    },
  })
  new Gauge({
    name: 'skillwatch_ws_tail_lag_changes',
    help: 'Committed changes not read yet, for each project with subscriptions.',
    labelNames: ['project_id'],
    registers,
    collect() {
      this.reset()
      for (const { projectId, lag } of measure().tails) this.set({ project_id: projectId }, lag)
    },
  })
}
