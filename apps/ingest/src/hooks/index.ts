import { join } from 'node:path'
import {
  privateObservation,
  QueueFullError,
  type Recorder,
  StorageUnavailableError,
  type Writer,
} from '@skillwatch/db'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import type { Registry } from 'prom-client'
import { createStorageLog } from '../storage-log.ts'
import { createSpoolDrain } from './drain-spool.ts'
import { openJournal } from './journal.ts'
import { createHookMetrics } from './metrics.ts'
import { hookRoutes } from './routes.ts'

export interface HooksDeps {
  writer: Writer
  recorder: Recorder
  registry: Registry
  logger: Pick<FastifyBaseLogger, 'error' | 'info' | 'warn'>
  now: () => number
  spoolFolder: string
  /** The project of what is found in the spool. */
  defaultProjectId: number
}

/** Everything that hooks bring: their route, its journal, and the spool that is emptied once the service listens. */
export async function addHooks(app: Service, deps: HooksDeps): Promise<void> {
  const { writer, recorder, logger, spoolFolder, defaultProjectId, now } = deps
  const hookMetrics = createHookMetrics(deps.registry)
  const storageLog = createStorageLog(logger)
  const journal = openJournal({
    path: join(spoolFolder, 'hooks.journal'),
    recorder,
    toPrivate: (projectId, observation) => privateObservation(writer, projectId, observation),
    onNotKept: hookMetrics.countNotKept,
    onRefused: (error) => {
      if (error instanceof StorageUnavailableError || error instanceof QueueFullError)
        storageLog.failed(error)
      else logger.error({ err: error }, 'a hook event cannot be stored')
    },
  })
  const drain = createSpoolDrain({
    folder: spoolFolder,
    projectId: defaultProjectId,
    recorder,
    metrics: hookMetrics,
    logger,
    now,
  })
  app.addHook('onListen', async () => drain.start())
  app.addHook('onClose', async () => {
    await drain[Symbol.asyncDispose]()
    await journal[Symbol.asyncDispose]()
  })
  await app.register(hookRoutes({ journal, hookMetrics, now }))
}
