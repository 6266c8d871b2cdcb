import {
  findApiKey,
  findOpenProject,
  findProject,
  hasApiKeys,
  listApiKeys,
  type Reader,
  type Recorder,
} from '@skillwatch/db'
import {
  ApiKey,
  ApiRequestInput,
  CreateApiKey,
  CreateExperiment,
  DeletionReceipt,
  Experiment,
  ExperimentDetail,
  ExperimentOutcome,
  Finding,
  Observation,
  Project,
  PromptInput,
  RecordReply,
  type Scope,
  StreamPosition,
} from '@skillwatch/schema'
import { buildService, type Service, type ServiceOptions } from '@skillwatch/service'
import type { IngestLimits } from './config.ts'
import { addHooks } from './hooks/index.ts'
import { type IngestMetrics, registerRecorderGauges } from './metrics.ts'
import { addOtlp } from './otlp/index.ts'
import { apiRequestRoutes } from './routes/api-requests.ts'
import { deletionRoutes } from './routes/deletions.ts'
import { experimentRecordRoutes } from './routes/experiment-records.ts'
import { experimentRoutes } from './routes/experiments.ts'
import { findingRoutes } from './routes/findings.ts'
import { invocationRoutes } from './routes/invocations.ts'
import { keyRoutes } from './routes/keys.ts'
import { limitBodies } from './routes/limit-bodies.ts'
import { projectRoutes } from './routes/projects.ts'
import { promptRoutes } from './routes/prompts.ts'
import { repairRoutes } from './routes/repairs.ts'
import { skillFileRoutes } from './routes/skill-files.ts'
import { streamRoutes } from './routes/stream.ts'
import { taxonomyRoutes } from './routes/taxonomy.ts'

export interface IngestDeps extends Pick<ServiceOptions, 'logger' | 'registry' | 'host' | 'startedBy'> {
  /** The migrated database, for reading. */
  reader: Reader
  recorder: Recorder
  metrics: IngestMetrics
  limits: IngestLimits
  /** Holds what hooks and commands observe until it is committed. */
  spoolFolder: string
  access: Pick<ServiceOptions['access'], 'mode' | 'allowedHosts' | 'allowedOrigins'>
  /** OpenTelemetry's own port, in addition to the service's; off when 0 or left out. */
  otlpPort?: number
  now: () => number
}

/**
 * All of ingest, not yet listening. @throws {ConfigError} when it would be open to others without keys (R13)
 */
export async function buildApp(deps: IngestDeps): Promise<Service> {
  const { reader, recorder, registry, limits } = deps
  const defaultProjectId = findProject(reader, 'default')!.project_id
  const app = await buildService({
    ...deps,
    service: 'ingest',
    databasePath: reader.path,
    bodyLimitBytes: limits.bodyLimitBytes,
    access: {
      ...deps.access,
      findKey: (apiKeyId) => findApiKey(reader, apiKeyId),
      hasKeys: (scope) => (scope === undefined ? hasApiKeys(reader) : hasKeyWithScope(reader, scope)),
      defaultProjectId,
      findOpenProject: (name) => findOpenProject(reader, name),
    },
    ready: () => reasonsNotReady(recorder),
    openapi: {
      title: 'Skillwatch ingest',
      description: 'Records observations of skills, commands, sub-agents and tools.',
      schemas: {
        Observation,
        ApiRequestInput,
        PromptInput,
        Finding,
        CreateExperiment,
        Experiment,
        ExperimentDetail,
        ExperimentOutcome,
        RecordReply,
        StreamPosition,
        ApiKey,
        CreateApiKey,
        Project,
        DeletionReceipt,
      },
    },
  })
  registerRecorderGauges(registry, recorder)
  limitBodies(app, limits, deps.metrics)
  await app.register(invocationRoutes(deps))
  await app.register(apiRequestRoutes(deps))
  await app.register(promptRoutes(deps))
  await app.register(findingRoutes(deps))
  await app.register(experimentRoutes(deps))
  await app.register(experimentRecordRoutes(deps))
  await app.register(skillFileRoutes(deps))
  await app.register(taxonomyRoutes(deps))
  await app.register(streamRoutes(reader))
  await app.register(keyRoutes(deps))
  await addOtlp(app, deps)
  await app.register(projectRoutes(deps))
  await app.register(repairRoutes(deps))
  const journal = await addHooks(app, { ...deps, defaultProjectId })
  await app.register(deletionRoutes({ ...deps, journal }))
  return app
}

function hasKeyWithScope(reader: Reader, scope: Scope): boolean {
  return listApiKeys(reader).some((key) => key.revoked_at === undefined && key.scopes.includes(scope))
}

function reasonsNotReady(recorder: Recorder): string[] {
  const reasons: string[] = []
  if (recorder.lastError) reasons.push(recorder.lastError.message)
  if (recorder.queuedItems >= recorder.queueItemsMax) reasons.push('the write queue is full')
  return reasons
}
