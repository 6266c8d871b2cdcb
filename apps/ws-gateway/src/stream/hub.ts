import { performance } from 'node:perf_hooks'
import { activeSessionCount, listSkills, readChanges, streamPosition, totals } from '@skillwatch/db'
import { CLOSE_CODES, type Kind } from '@skillwatch/schema'
import type { WebSocket } from 'ws'
import type { GatewayDeps } from '../deps.ts'
import { keepAlive } from '../keep-alive.ts'
import { ChangeLog } from './change-log.ts'
import type { ClientOptions } from './client.ts'
import { StreamConnection } from './connection.ts'
import { deliveryLimits } from './delivery.ts'
import type { LogHead } from './position.ts'
import { type Snapshot, SnapshotFeed } from './snapshots.ts'
import { Tail } from './tail.ts'
import type { RateLimit } from './token-bucket.ts'

/** How often paused clients are looked at. */
const SWEEP_MS = 250

/** What connections share. */
export interface StreamServices extends GatewayDeps {
  readonly clientOptions: ClientOptions
  readonly messageRate: RateLimit
  readonly snapshots: SnapshotFeed
  /** Monotonic milliseconds. */
  readonly clock: () => number
  logHead(projectId: number): LogHead
  /** The one tail of a project. */
  tail(projectId: number): Tail
}

/** All clients of subprotocol `skillwatch.v1.json`. */
export class StreamHub {
  readonly #deps: GatewayDeps
  readonly #services: StreamServices
  readonly #connections = new Map<WebSocket, StreamConnection>()
  readonly #tails = new Map<number, Tail>()
  #timers: NodeJS.Timeout[] = []

  constructor(deps: GatewayDeps) {
    this.#deps = deps
    const clock = () => performance.now()
    const { config, metrics, logger, now } = deps
    this.#services = {
      ...deps,
      clock,
      clientOptions: {
        metrics,
        clock,
        limits: deliveryLimits(config.bufferLimitBytes),
        slowClientMs: config.slowClientMs,
      },
      messageRate: { perSecond: config.messagesPerSecondMax, burst: 2 * config.messagesPerSecondMax },
      snapshots: new SnapshotFeed({
        takeSnapshot: (projectId, kind, limit) => this.#takeSnapshot(projectId, kind, limit),
        now,
        clock,
        skipped: metrics.snapshotsSkipped,
        logger,
      }),
      logHead: (projectId) => streamPosition(deps.reader, projectId),
      tail: (projectId) => this.#tail(projectId),
    }
    metrics.observeStream(() => this.#measure())
  }

  /** Takes a connection; from here on it looks after itself. */
  connect(socket: WebSocket, authorization: string | undefined): void {
    const { config, metrics } = this.#deps
    const connection = new StreamConnection(socket, authorization, this.#services)
    this.#connections.set(socket, connection)
    metrics.clients.inc({ protocol: 'skillwatch' })
    socket.once('close', (code) => this.#forget(socket, connection.client.closeReason?.code ?? code))
    keepAlive(socket, config.pingMs, () => connection.client.onSilence())
    if (this.#timers.length === 0) this.#startTimers()
    connection.open()
  }

  /** Tells all clients to come back later. */
  close(): void {
    this.#stopTimers()
    for (const { client } of this.#connections.values()) client.close(CLOSE_CODES.shutdown)
  }

  #forget(socket: WebSocket, code: number): void {
    this.#deps.metrics.clients.dec({ protocol: 'skillwatch' })
    this.#deps.metrics.countClose(code)
    this.#connections.delete(socket)
    if (this.#connections.size === 0) this.#stopTimers()
  }

  #startTimers(): void {
    this.#timers = [
      setInterval(() => this.#eachConnection((connection) => connection.client.checkDrain()), SWEEP_MS),
      setInterval(
        () => this.#eachConnection((connection) => connection.recheckKey()),
        this.#deps.config.keyRecheckMs,
      ),
    ]
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
  }

  #eachConnection(look: (connection: StreamConnection) => void): void {
    try {
      for (const connection of [...this.#connections.values()]) look(connection)
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'looking after the stream clients failed; trying again')
    }
  }

  /** A tail that nobody was subscribed to has not followed the log: it begins anew. */
  #tail(projectId: number): Tail {
    const running = this.#tails.get(projectId)
    if (running !== undefined && running.subscriptionCount > 0) return running
    const { reader, config, logger, metrics } = this.#deps
    const { clock } = this.#services
    const source = {
      read: (afterOffset: number, limit: number) => readChanges(reader, projectId, afterOffset, limit),
      head: () => streamPosition(reader, projectId),
    }
    const tail = new Tail({
      log: new ChangeLog(source, clock),
      pollMs: config.pollMs,
      clock,
      logger,
      pollErrors: metrics.pollErrors,
      onLost: ({ receiver }, reason) =>
        receiver.close(reason === 'gap' ? CLOSE_CODES.slow : CLOSE_CODES.logReplaced),
    })
    this.#tails.set(projectId, tail)
    return tail
  }

  #takeSnapshot(projectId: number, kind: Kind | undefined, limit: number): Snapshot {
    const { reader, now } = this.#deps
    const nowMs = now()
    const { epoch, last_offset } = streamPosition(reader, projectId)
    const query = {
      order_by: 'invocation_count' as const,
      limit,
      nowMs,
      ...(kind !== undefined && { kind }),
    }
    return {
      epoch,
      offset: last_offset,
      active_sessions: activeSessionCount(reader, projectId, nowMs),
      totals: totals(reader, projectId, kind),
      skills: listSkills(reader, projectId, query).items,
    }
  }

  #measure() {
    const running = [...this.#tails].filter(([, tail]) => tail.subscriptionCount > 0)
    return {
      changesSubscriptions: running.reduce((count, [, tail]) => count + tail.subscriptionCount, 0),
      metricsSubscriptions: this.#services.snapshots.subscriptionCount,
      tails: running.map(([projectId, { log }]) => ({
        projectId,
        offset: log.head,
        lag: Math.max(0, this.#services.logHead(projectId).last_offset - log.head),
      })),
    }
  }
}
