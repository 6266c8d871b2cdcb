import { performance } from 'node:perf_hooks'
import { readChanges, streamPosition } from '@skillwatch/db'
import { CLOSE_CODES } from '@skillwatch/schema'
import type { WebSocket } from 'ws'
import type { GatewayDeps } from '../deps.ts'
import { keepAlive } from '../keep-alive.ts'
import { toWire } from '../usage/to-use.ts'
import { ChangeLog } from './change-log.ts'
import { StreamConnection, type StreamCredentials } from './connection.ts'
import { bufferLimits } from './flow-control.ts'
import { MetricsFeed } from './metrics-feed.ts'
import { readProjectMetrics } from './project-metrics.ts'
import type { StreamServices } from './services.ts'
import { Tail } from './tail.ts'

/** How often paused clients are checked for progress. */
const DRAIN_CHECK_MS = 250

/** All clients of subprotocol `skillwatch.v1.json`. */
export class StreamHub {
  readonly #deps: GatewayDeps
  readonly #services: StreamServices
  readonly #connections = new Map<WebSocket, StreamConnection>()
  readonly #tails = new Map<number, Tail>()
  #timers: NodeJS.Timeout[] = []

  constructor(deps: GatewayDeps) {
    this.#deps = deps
    this.#services = this.#createServices()
    deps.metrics.observeStream(() => this.#measure())
  }

  /** Accepts a connection, which serves itself from then on. */
  connect(socket: WebSocket, credentials: StreamCredentials): void {
    const { config, metrics } = this.#deps
    const connection = new StreamConnection(socket, credentials, this.#services)
    this.#connections.set(socket, connection)
    metrics.clients.inc({ protocol: 'skillwatch' })
    socket.once('close', (code) => this.#forget(socket, connection.client.closeReason?.code ?? code))
    keepAlive(socket, config.pingMs, () => connection.client.onSilence())
    if (this.#timers.length === 0) this.#startTimers()
    connection.open()
  }

  /** Closes all connections with a code that asks the clients to come back later. */
  close(): void {
    this.#stopTimers()
    for (const { client } of this.#connections.values()) client.close(CLOSE_CODES.shutdown)
  }

  #createServices(): StreamServices {
    const { config, metrics, logger, now, reader } = this.#deps
    const clock = () => performance.now()
    const limits = bufferLimits(config.bufferLimitBytes)
    return {
      ...this.#deps,
      clock,
      clientOptions: { metrics, clock, limits, slowClientMs: config.slowClientMs },
      messageRate: { perSecond: config.messagesPerSecondMax, burst: 2 * config.messagesPerSecondMax },
      metricsFeed: new MetricsFeed({
        readMetrics: (projectId, kind, limit) => readProjectMetrics(reader, projectId, kind, limit, now()),
        now,
        clock,
        skipped: metrics.snapshotsSkipped,
        logger,
      }),
      logExtent: (projectId) => streamPosition(reader, projectId),
      tail: (projectId) => this.#tail(projectId),
    }
  }

  #forget(socket: WebSocket, code: number): void {
    this.#deps.metrics.clients.dec({ protocol: 'skillwatch' })
    this.#deps.metrics.countClose(code)
    this.#connections.delete(socket)
    if (this.#connections.size === 0) this.#stopTimers()
  }

  #startTimers(): void {
    const checkDrains = () => this.#eachConnection(({ client }) => client.checkDrain())
    const recheckKeys = () => this.#eachConnection((connection) => connection.recheckKey())
    this.#timers = [
      setInterval(checkDrains, DRAIN_CHECK_MS),
      setInterval(recheckKeys, this.#deps.config.keyRecheckMs),
    ]
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
  }

  #eachConnection(check: (connection: StreamConnection) => void): void {
    try {
      for (const connection of [...this.#connections.values()]) check(connection)
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'checking the stream clients failed; trying again')
    }
  }

  /**
   * A tail without subscriptions has stopped following the log: it is replaced by one that starts at the
   * head.
   */
  #tail(projectId: number): Tail {
    const running = this.#tails.get(projectId)
    if (running !== undefined && running.subscriptionCount > 0) return running
    const { config, logger, metrics } = this.#deps
    const tail = new Tail({
      log: this.#openLog(projectId),
      pollMs: config.pollMs,
      clock: this.#services.clock,
      logger,
      pollErrors: metrics.pollErrors,
      onLost: ({ receiver }, reason) =>
        receiver.close(reason === 'gap' ? CLOSE_CODES.slow : CLOSE_CODES.logReplaced),
    })
    this.#tails.set(projectId, tail)
    return tail
  }

  #openLog(projectId: number): ChangeLog {
    const { reader, config, pricing, now } = this.#deps
    const source = {
      read: (afterOffset: number, limit: number) =>
        readChanges(reader, projectId, afterOffset, limit).map((change) => toWire(change, pricing, now())),
      extent: () => streamPosition(reader, projectId),
    }
    const messageBytesMax = config.sentMessageLimitBytes
    return new ChangeLog({ source, clock: this.#services.clock, messageBytesMax })
  }

  #measure() {
    const running = [...this.#tails].filter(([, tail]) => tail.subscriptionCount > 0)
    return {
      changesSubscriptions: running.reduce((count, [, tail]) => count + tail.subscriptionCount, 0),
      metricsSubscriptions: this.#services.metricsFeed.subscriptionCount,
      tails: running.map(([projectId, { log }]) => ({
        projectId,
        offset: log.head,
        lag: Math.max(0, this.#services.logExtent(projectId).last_offset - log.head),
      })),
    }
  }
}
