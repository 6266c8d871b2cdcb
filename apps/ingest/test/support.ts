import { databaseSpoolFolder } from '@skillwatch/client/spool'
import { createRecorder, migrateUp, openWriter, recount, toInvocation } from '@skillwatch/db'
import type { Invocation } from '@skillwatch/schema'

import { createLogger } from '@skillwatch/service'
import { fixedClock, NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { Registry } from 'prom-client'
import { buildApp, type IngestDeps } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createIngestMetrics } from '../src/metrics.ts'

export { NOW_MS }

interface TestOptions {
  databasePath?: string
  env?: Record<string, string>
  access?: Partial<IngestDeps['access']>
  host?: string
  groupDelayMs?: number
}

/** The real service on a real file, with a clock that always returns NOW_MS. */
export async function testApp({ databasePath, env = {}, access, host, groupDelayMs = 0 }: TestOptions = {}) {
  const cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(temporaryFolder())
  const path = databasePath ?? `${folder.path}/skillwatch.db`
  const writer = cleanup.use(openWriter(`sqlite:${path}`))
  migrateUp(writer, NOW_MS)
  const config = readConfig(env)
  const spoolFolder = databaseSpoolFolder(path)
  const registry = new Registry()
  const metrics = createIngestMetrics(registry)
  const recorder = cleanup.use(
    createRecorder(writer, {
      queueItemsMax: config.queue.queueItemsMax,
      groupDelayMs,
      // Turns are derived when a test calls `deriveTurns`, so that it knows the offsets of the log.
      turnDelayMs: 86_400_000,
      now: fixedClock,
      onCommit: metrics.observeCommit,
    }),
  )
  const app = cleanup.use(
    await buildApp({
      reader: writer,
      recorder,
      metrics,
      registry,
      logger: createLogger({ service: 'ingest', level: 'silent' }),
      limits: config.limits,
      spoolFolder,
      host: host ?? '127.0.0.1',
      access: { mode: 'loopback', allowedHosts: [], allowedOrigins: [], ...access },
      now: fixedClock,
    }),
  )
  const post = (payload: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/invocations',
      headers: { 'content-type': 'application/json', ...headers },
      payload: Buffer.isBuffer(payload) || typeof payload === 'string' ? payload : JSON.stringify(payload),
    })
  const rows = async (): Promise<Invocation[]> => {
    const stored = await writer.db.selectFrom('skill_invocation').selectAll().orderBy('row_id').execute()
    return stored.map(toInvocation)
  }
  return {
    app,
    writer,
    recorder,
    path,
    spoolFolder,
    post,
    rows,
    differences: () => recount(writer, NOW_MS),
    metricsText: async () => (await app.inject('/metrics')).body,
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  }
}
