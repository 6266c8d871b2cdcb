import {
  createApiKey,
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
import {
  type AnalysisReport,
  type CreateApiKey,
  type Finding,
  type Observation,
  parseObservation,
  parseReport,
} from '@skillwatch/schema'
import { createLogger, type Service } from '@skillwatch/service'
import { aReport, fixedClock, NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { Registry } from 'prom-client'
import { buildApp, type ExporterDeps } from '../../src/app.ts'

export interface TestExporter extends AsyncDisposable {
  readonly app: Service
  readonly writer: Writer
  readonly databaseUrl: string
  /** The API keys that were asked for. */
  readonly keys: readonly string[]
  /** Stores observations as ingest does; resolves after the commit. */
  record(...observations: Observation[]): Promise<void>
  /** Stores all findings of the day before `NOW_MS`, and deletes others of that day. */
  report(...findings: Finding[]): Promise<void>
  /** Stores a report of any type. */
  recordReport(report: AnalysisReport): Promise<void>
  /** The text of `/metrics`. */
  scrape(): Promise<string>
}

export interface TestExporterOptions extends Partial<Pick<ExporterDeps, 'bounds' | 'host'>> {
  readonly mode?: 'loopback' | 'allow' | 'deny'
  readonly keys?: readonly CreateApiKey[]
}

export const BOUNDS = { skillNamesMax: 1_000, workflowPhasesMax: 50, labelSetsMax: 10_000 }

/** An exporter beside a real writer on a new database file. */
export async function openTestExporter(options: TestExporterOptions = {}): Promise<TestExporter> {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const databaseUrl = `sqlite:${folder.path}/skillwatch.db`
  const writer = stack.use(openWriter(databaseUrl))
  migrateUp(writer, NOW_MS)
  const keys = (options.keys ?? []).map((key) => createApiKey(writer, key, NOW_MS).api_key)
  const recorder = stack.use(
    createRecorder(writer, { queueItemsMax: 100_000, groupDelayMs: 0, now: fixedClock }),
  )
  const reader = stack.use(openReader(databaseUrl))
  const project = findProject(reader, 'default')!
  const app = stack.use(
    await buildApp({
      reader,
      registry: new Registry(),
      bounds: options.bounds ?? BOUNDS,
      host: options.host ?? '127.0.0.1',
      access: {
        mode: options.mode ?? 'loopback',
        allowedHosts: [],
        allowedOrigins: [],
        findKey: (apiKeyId) => findApiKey(reader, apiKeyId),
        hasKeys: () => hasApiKeys(reader),
        defaultProjectId: project.project_id,
        findOpenProject: (name) => findOpenProject(reader, name),
      },
      logger: createLogger({ service: 'exporter', level: 'silent' }),
      now: fixedClock,
    }),
  )
  const recordReport = async (report: AnalysisReport) => {
    const result = parseReport(report, NOW_MS)
    if ('refusals' in result) throw new TypeError(JSON.stringify(result.refusals))
    await recorder.recordFindings(project.project_id, result.report)
  }
  return {
    app,
    writer,
    databaseUrl,
    keys,
    record: (...observations) => record(recorder, project.project_id, observations),
    report: (...findings) => recordReport(aReport(findings)),
    recordReport,
    scrape: async () => (await app.inject({ url: '/metrics', headers: { host: '127.0.0.1' } })).body,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

export async function record(
  recorder: Recorder,
  projectId: number,
  observations: readonly Observation[],
): Promise<void> {
  const parsed = observations.map((observation) => {
    const result = parseObservation(observation, NOW_MS, () => crypto.randomUUID())
    if (!('observation' in result)) throw new TypeError(`${result.pointer}: ${result.reason}`)
    return result.observation
  })
  await recorder.record(projectId, parsed)
}
