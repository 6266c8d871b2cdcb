import {
  findApiKey,
  findOpenProject,
  findProject,
  hasApiKeys,
  type Reader,
  unreadableReasons,
} from '@skillwatch/db'
import { buildService, type Service, type ServiceConfig, type ServiceOptions } from '@skillwatch/service'
import type { Registry } from 'prom-client'

export interface AppDeps {
  readonly reader: Reader
  readonly registry: Registry
  readonly host: string
  readonly startedBy?: string
  readonly access: ServiceConfig['access']
  readonly logger: ServiceOptions['logger']
}

/** What the analyst serves: health and metrics. Not yet listening. */
export function buildApp(deps: AppDeps): Promise<Service> {
  const { reader, registry, host, startedBy = '', access, logger } = deps
  return buildService({
    service: 'analyst',
    logger,
    registry,
    host,
    startedBy,
    databasePath: reader.path,
    bodyLimitBytes: 1_024,
    access: {
      ...access,
      findKey: (apiKeyId) => findApiKey(reader, apiKeyId),
      hasKeys: () => hasApiKeys(reader),
      defaultProjectId: findProject(reader, 'default')!.project_id,
      findOpenProject: (name) => findOpenProject(reader, name),
    },
    ready: () => unreadableReasons(reader),
    openapi: { title: 'Skillwatch analyst', description: 'Health and metrics of the analyst.' },
  })
}
