import {
  createRecorder,
  findApiKey,
  findOpenProject,
  findProject,
  hasApiKeys,
  migrateUp,
  openReader,
  openWriter,
  type Recorder,
  type Writer,
} from '@skillwatch/db'
import { type Finding, type Observation, parseFindingsReport, parseObservation } from '@skillwatch/schema'
import { createPricing, DEFAULT_PRICES } from '@skillwatch/schema/prices'
import { type Access, createLogger } from '@skillwatch/service'
import { anObservation, aReport, fixedClock, NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { Registry } from 'prom-client'
import { buildApp } from '../../src/app.ts'
import { type GatewayConfig, readConfig } from '../../src/config.ts'
import { createGatewayMetrics } from '../../src/metrics.ts'

export interface TestGateway extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly writer: Writer
  readonly recorder: Recorder
  readonly projectId: number
  /** Commits observations, by default finished calls with unique ids. */
  record(observations: readonly Partial<Observation>[]): Promise<void>
  /** Stores all findings of the day before `NOW_MS`, and deletes others of that day. */
  report(findings: readonly Finding[]): Promise<void>
  /** The value of one of the gateway's own metrics, labels as in `name{a="b"}`; 0 when it is absent. */
  metric(name: string): Promise<number>
  /** Unread bytes of the client that has the most of them. */
  bufferedBytesMax(): number
  close(): Promise<void>
}

export interface TestGatewayOptions {
  readonly config?: Partial<GatewayConfig>
  readonly access?: Partial<Access>
  /** What the database holds before the gateway starts. */
  readonly prepare?: (writer: Writer) => void
  /** Stands at `NOW_MS` when left out. */
  readonly now?: () => number
}

let ids = 0

/** A listening gateway on a new, empty database, and the recorder that fills it. */
export async function startGateway({
  config,
  access,
  prepare,
  now = fixedClock,
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const folder = temporaryFolder()
  const databaseUrl = `sqlite:${folder.path}/skillwatch.db`
  const writer = openWriter(databaseUrl)
  migrateUp(writer, now())
  prepare?.(writer)
  // Turns are derived when a test calls `deriveTurns`, so that it knows the offsets of the log.
  const turnDelayMs = 86_400_000
  const recorder = createRecorder(writer, { queueItemsMax: 100_000, groupDelayMs: 1, turnDelayMs, now })
  const reader = openReader(databaseUrl)
  const registry = new Registry()
  const projectId = findProject(reader, 'default')!.project_id
  const app = await buildApp({
    reader,
    registry,
    config: { ...readConfig({}).gateway, ...config },
    access: {
      mode: 'loopback',
      host: '127.0.0.1',
      allowedHosts: [],
      allowedOrigins: [],
      findKey: (apiKeyId) => findApiKey(reader, apiKeyId),
      hasKeys: () => hasApiKeys(reader),
      defaultProjectId: projectId,
      findOpenProject: (name) => findOpenProject(reader, name),
      ...access,
    },
    metrics: createGatewayMetrics(registry),
    logger: createLogger({ service: 'ws-gateway', level: 'silent' }),
    pricing: createPricing(DEFAULT_PRICES),
    now,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const close = async () => {
    await app.close()
    reader.close()
    await recorder.close()
    writer.close()
    folder[Symbol.dispose]()
  }
  return {
    url: url.replace('http', 'ws'),
    port: Number(new URL(url).port),
    writer,
    recorder,
    projectId,
    record: async (observations) => {
      await recorder.record(projectId, observations.map(parsed))
    },
    report: async (findings) => {
      const result = parseFindingsReport(aReport(findings), NOW_MS)
      if ('refusals' in result) throw new TypeError(JSON.stringify(result.refusals))
      await recorder.recordFindings(projectId, result.report)
    },
    metric: async (name) => sampleOf(await registry.metrics(), name),
    bufferedBytesMax: () =>
      Math.max(0, ...[...app.websocketServer.clients].map(({ bufferedAmount }) => bufferedAmount)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** An observation as the recorder accepts it, with a unique id unless it has one. */
export function parsed(overrides: Partial<Observation>) {
  const observation = anObservation({ invoked_at: NOW_MS, ...overrides })
  const result = parseObservation(observation, NOW_MS, () => `invocation-${++ids}`)
  if (!('observation' in result)) throw new TypeError(`${result.pointer} ${result.reason}`)
  return result.observation
}

function sampleOf(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return line === undefined ? 0 : Number(line.slice(name.length + 1))
}
