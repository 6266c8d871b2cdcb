import { findApiKey, findProject, hasApiKeys, listApiKeys, type Recorder, type Writer } from '@skillwatch/db'
import {
  ApiKey,
  CreateApiKey,
  DeletionReceipt,
  Observation,
  Project,
  RecordReply,
  type Scope,
  StreamPosition,
} from '@skillwatch/schema'
import { buildService, type Service, type ServiceOptions } from '@skillwatch/service'
import type { IngestLimits } from './config.ts'
import { addHooks } from './hooks/index.ts'
import { type IngestMetrics, registerRecorderGauges } from './metrics.ts'
import { addOtlp } from './otlp/index.ts'
import { deletionRoutes } from './routes/deletions.ts'
import { invocationRoutes } from './routes/invocations.ts'
import { keyRoutes } from './routes/keys.ts'
import { limitBodies } from './routes/limit-bodies.ts'
import { projectRoutes } from './routes/projects.ts'
import { streamRoutes } from './routes/stream.ts'

export interface IngestDeps extends Pick<ServiceOptions, 'logger' | 'registry' | 'host'> {
  /** Migrated. */
  writer: Writer
  recorder: Recorder
  metrics: IngestMetrics
  limits: IngestLimits
  /** Where what hooks told lies until it is committed. */
  spoolFolder: string
  access: Pick<ServiceOptions['access'], 'mode' | 'allowedHosts' | 'allowedOrigins'>
  /** OpenTelemetry's own port, beside the service's; off when 0 or left out. */
  otlpPort?: number
  now: () => number
}

/** The whole of ingest, not yet listening. @throws {ConfigError} when it would be open to others without keys (R13) */
export async function buildApp(deps: IngestDeps): Promise<Service> {
  const { writer, recorder, registry, limits } = deps
  const defaultProjectId = findProject(writer, 'default')!.project_id
  const app = await buildService({
    ...deps,
    service: 'ingest',
    bodyLimitBytes: limits.bodyLimitBytes,
    access: {
      ...deps.access,
      findKey: (apiKeyId) => findApiKey(writer, apiKeyId),
      hasKeys: (scope) => (scope === undefined ? hasApiKeys(writer) : holdsScope(writer, scope)),
      defaultProjectId,
    },
    ready: () => reasonsNotReady(recorder),
    openapi: {
      title: 'Skillwatch ingest',
      description: 'Where observations of skills, commands, sub-agents and tools are recorded.',
      schemas: { Observation, RecordReply, StreamPosition, ApiKey, CreateApiKey, Project, DeletionReceipt },
    },
  })
  registerRecorderGauges(registry, recorder)
  limitBodies(app, limits, deps.metrics)
  await app.register(invocationRoutes(deps))
  await app.register(streamRoutes(writer))
  await app.register(keyRoutes(deps))
  await addOtlp(app, deps)
  await app.register(projectRoutes(deps))
  await app.register(deletionRoutes(deps))
  await addHooks(app, { ...deps, defaultProjectId })
  return app
}

function holdsScope(writer: Writer, scope: Scope): boolean {
  return listApiKeys(writer).some((key) => key.revoked_at === undefined && key.scopes.includes(scope))
}

function reasonsNotReady(recorder: Recorder): string[] {
  const reasons: string[] = []
  if (recorder.lastError) reasons.push(recorder.lastError.message)
  if (recorder.queuedItems >= recorder.queueItemsMax) reasons.push('the write queue is full')
  return reasons
}
