import { type Reader, streamPosition } from '@skillwatch/db'
import type { FastifyBaseLogger } from 'fastify'
import type { WebSocket } from 'ws'
import type { GatewayMetrics } from '../metrics.ts'
import type { Admission } from './admission.ts'
import {
  AUTHENTICATION_FAILED,
  formatLegacyInstant,
  type LegacyMetrics,
  type LegacyServerMessage,
} from './messages.ts'
import { legacyMetrics } from './skills.ts'

/** A client that has been let in. */
export interface LegacyClient {
  readonly socket: WebSocket
  readonly admission: Admission
  close(reason: { readonly code: number; readonly reason: string }): void
  /** The skill it wants; null for the top ten. */
  skill: string | null
  /** Since when it listens, on the monotonic clock. */
  readonly joinedAtMs: number
}

export interface FeedDeps {
  readonly reader: Reader
  readonly config: { readonly updateMs: number; readonly keyRecheckMs: number }
  readonly metrics: GatewayMetrics
  readonly logger: FastifyBaseLogger
  readonly now: () => number
}

export interface LegacyFeed {
  join(client: LegacyClient): void
  leave(client: LegacyClient): void
}

/** What was last read of a project. As long as its change log stands still, so do its numbers. */
interface ProjectData {
  position: string
  bySkill: Map<string | null, LegacyMetrics>
}

/**
 * Sends every client its `metrics_update` once per interval. Each distinct update is computed and serialised once,
 * however many clients there are; nothing runs while there are none.
 */
export function createLegacyFeed({ reader, config, metrics, logger, now }: FeedDeps): LegacyFeed {
  const clients = new Set<LegacyClient>()
  let timer: NodeJS.Timeout | undefined
  let ticks = 0
  let projects = new Map<number, ProjectData>()

  function tick(): void {
    ticks += 1
    attempt(refuseExpired)
    // Requests that have arrived are read, and so answered, before the updates go out.
    setImmediate(attempt, sendUpdates)
  }

  function attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      // The next tick reads again; the clients see a gap, as they would on a slow network.
      metrics.pollErrors.inc()
      logger.warn({ err: error }, 'metrics_update could not be read; trying again')
    }
  }

  function refuseExpired(): void {
    for (const client of [...clients]) if (!isAdmitted(client)) refuse(client)
  }

  function isAdmitted({ admission }: LegacyClient): boolean {
    const recheck = ticks % Math.max(1, Math.round(config.keyRecheckMs / config.updateMs)) === 0
    return now() < admission.expiresAtMs && (!recheck || admission.isStillGood())
  }

  function refuse(client: LegacyClient): void {
    clients.delete(client)
    client.close(AUTHENTICATION_FAILED)
  }

  function sendUpdates(): void {
    const timestamp = formatLegacyInstant(now())
    // A new client is left alone for a while: its first request follows the welcome, and the next message it reads
    // must be the reply to that.
    const settledBeforeMs = performance.now() - config.updateMs / 2
    const previous = projects
    projects = new Map()
    const texts = new Map<LegacyMetrics, Buffer>()
    for (const client of clients) {
      if (client.joinedAtMs > settledBeforeMs) continue
      // A snapshot is never queued behind an unread one: the newer would be stale, and a reply would wait for both.
      if (client.socket.bufferedAmount > 0) {
        metrics.snapshotsSkipped.inc()
        continue
      }
      const data = dataFor(client, previous)
      const text = texts.get(data) ?? serialize({ type: 'metrics_update', timestamp, data })
      texts.set(data, text)
      send(client.socket, text, metrics)
    }
  }

  function dataFor({ admission, skill }: LegacyClient, previous: Map<number, ProjectData>): LegacyMetrics {
    const { projectId } = admission
    const project = projects.get(projectId) ?? { position: positionOf(projectId), bySkill: new Map() }
    projects.set(projectId, project)
    const before = previous.get(projectId)
    const data =
      project.bySkill.get(skill) ??
      (before?.position === project.position ? before.bySkill.get(skill) : undefined) ??
      legacyMetrics(reader, projectId, skill)
    project.bySkill.set(skill, data)
    return data
  }

  function positionOf(projectId: number): string {
    const { epoch, last_offset } = streamPosition(reader, projectId)
    return `${epoch}:${last_offset}`
  }

  return {
    join(client) {
      clients.add(client)
      timer ??= setInterval(tick, config.updateMs)
    },
    leave(client) {
      clients.delete(client)
      if (clients.size > 0) return
      clearInterval(timer)
      timer = undefined
      projects = new Map()
    },
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
