import { type Reader, streamPosition } from '@skillwatch/db'
import type { FastifyBaseLogger } from 'fastify'
import type { WebSocket } from 'ws'
import type { GatewayMetrics } from '../metrics.ts'
import type { Admission } from './admission.ts'
import { legacyAnomalies } from './anomalies.ts'
import {
  AUTHENTICATION_FAILED,
  formatLegacyInstant,
  type LegacyAnomaly,
  type LegacyMetrics,
  type LegacyServerMessage,
} from './messages.ts'
import { legacyMetrics } from './skills.ts'

/** A client that was admitted. */
export interface LegacyClient {
  readonly socket: WebSocket
  readonly admission: Admission
  close(reason: { readonly code: number; readonly reason: string }): void
  /** The skill it subscribed to; null for the top ten. */
  skill: string | null
  /** When it was admitted, on the monotonic clock. */
  readonly joinedAtMs: number
}

export interface FeedDeps {
  readonly reader: Reader
  readonly config: { readonly updateMs: number; readonly keyRecheckMs: number }
  readonly metrics: GatewayMetrics
  readonly logger: FastifyBaseLogger
  readonly now: () => number
}

/**
 * What was last read of a project. It is valid as long as the change log does not grow, and no anomaly
 * becomes too old to be shown.
 */
interface ProjectData {
  readonly position: string
  readonly anomalies: LegacyAnomaly[]
  readonly bySkill: Map<string | null, LegacyMetrics>
}

/**
 * Sends every client its `metrics_update` once per interval. Equal updates are read and serialised once,
 * however many clients there are. Without clients nothing runs.
 */
export class LegacyFeed {
  readonly #deps: FeedDeps
  readonly #clients = new Set<LegacyClient>()
  #timer: NodeJS.Timeout | undefined
  #ticks = 0
  #projects = new Map<number, ProjectData>()

  constructor(deps: FeedDeps) {
    this.#deps = deps
  }

  join(client: LegacyClient): void {
    this.#clients.add(client)
    this.#timer ??= setInterval(() => this.#tick(), this.#deps.config.updateMs)
  }

  leave(client: LegacyClient): void {
    this.#clients.delete(client)
    if (this.#clients.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#projects = new Map()
  }

  #tick(): void {
    this.#ticks += 1
    this.#attempt(() => this.#closeExpired())
    // Requests that have arrived are read and answered first; the updates are sent after them.
    setImmediate(() => this.#attempt(() => this.#sendUpdates()))
  }

  #attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      // The next tick reads again; the clients miss one update, as on a slow network.
      this.#deps.metrics.pollErrors.inc()
      this.#deps.logger.warn({ err: error }, 'reading for metrics_update failed; trying again')
    }
  }

  #closeExpired(): void {
    for (const client of [...this.#clients]) {
      if (this.#isAdmitted(client)) continue
      this.#clients.delete(client)
      client.close(AUTHENTICATION_FAILED)
    }
  }

  #isAdmitted({ admission }: LegacyClient): boolean {
    const { config, now } = this.#deps
    const isRecheck = this.#ticks % Math.max(1, Math.round(config.keyRecheckMs / config.updateMs)) === 0
    return now() < admission.expiresAtMs && (!isRecheck || admission.isStillGood())
  }

  #sendUpdates(): void {
    const timestamp = formatLegacyInstant(this.#deps.now())
    const previous = this.#projects
    this.#projects = new Map()
    const texts = new Map<LegacyMetrics, Buffer>()
    for (const client of this.#clients) {
      if (!this.#isDue(client)) continue
      const data = this.#dataFor(client, previous)
      const text = texts.get(data) ?? serialize({ type: 'metrics_update', timestamp, data })
      texts.set(data, text)
      send(client.socket, text, this.#deps.metrics)
    }
  }

  #isDue({ socket, joinedAtMs }: LegacyClient): boolean {
    // The first request of a client follows the welcome, and it takes the next message for the reply: no
    // update must be sent in between.
    if (joinedAtMs > performance.now() - this.#deps.config.updateMs / 2) return false
    // An update behind an unread one would be old when it is read, and replies would wait for both.
    if (socket.bufferedAmount === 0) return true
    this.#deps.metrics.snapshotsSkipped.inc()
    return false
  }

  #dataFor({ admission, skill }: LegacyClient, previous: ReadonlyMap<number, ProjectData>): LegacyMetrics {
    const { projectId } = admission
    const project = this.#projects.get(projectId) ?? this.#emptyData(projectId)
    this.#projects.set(projectId, project)
    const before = previous.get(projectId)
    const data =
      project.bySkill.get(skill) ??
      (before?.position === project.position ? before.bySkill.get(skill) : undefined) ??
      legacyMetrics(this.#deps.reader, projectId, skill, project.anomalies)
    project.bySkill.set(skill, data)
    return data
  }

  #emptyData(projectId: number): ProjectData {
    const { reader, now } = this.#deps
    const { epoch, last_offset } = streamPosition(reader, projectId)
    const anomalies = legacyAnomalies(reader, projectId, now())
    return { position: `${epoch}:${last_offset}:${anomalies.length}`, anomalies, bySkill: new Map() }
  }
}

export function serialize(message: LegacyServerMessage): Buffer {
  return Buffer.from(JSON.stringify(message))
}

export function send(socket: WebSocket, text: Buffer, metrics: GatewayMetrics): void {
  socket.send(text, { binary: false })
  metrics.messagesSent.inc({ protocol: 'session_buddy' })
  metrics.bytesSent.inc({ protocol: 'session_buddy' }, text.length)
}
