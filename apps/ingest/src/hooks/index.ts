import { join } from 'node:path'
import { databaseSpoolFolder } from '@skillwatch/client/spool'
import {
  listInvocations,
  privateObservation,
  promptOfInvocation,
  QueueFullError,
  type Reader,
  type Recorder,
  StorageUnavailableError,
  agentCalls as storedAgentCalls,
} from '@skillwatch/db'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import type { Registry } from 'prom-client'
import { createStorageLog } from '../storage-log.ts'
import type { RunningCall } from './agent-calls.ts'
import { claimSpool, JOURNAL } from './claim-spool.ts'
import { SpoolDrain } from './drain-spool.ts'
import { FormerSpool } from './former-spool.ts'
import { Journal } from './journal.ts'
import { createHookMetrics, type HookMetrics } from './metrics.ts'
import { ProjectAgentCalls } from './project-agent-calls.ts'
import { hookRoutes } from './routes.ts'

export interface HooksDeps {
  reader: Reader
  recorder: Recorder
  registry: Registry
  logger: Pick<FastifyBaseLogger, 'error' | 'info' | 'warn'>
  now: () => number
  /** No other process may use it, and no other database. */
  spoolFolder: string
  /** The project of the observations in the spool. */
  defaultProjectId: number
}

/**
 * Adds everything that hooks need: their route, the journal, and the spool, which is read once the service
 * listens.
 * @returns the journal
 * @throws {ConfigError} when the spool belongs to another process or database
 */
export async function addHooks(app: Service, deps: HooksDeps): Promise<Journal> {
  const { reader, recorder, logger, spoolFolder, defaultProjectId, now } = deps
  const hookMetrics = createHookMetrics(deps.registry)
  const claim = claimSpool(spoolFolder, reader.path)
  const former = formerSpoolOf(deps)
  former?.moveJournalTo(join(spoolFolder, JOURNAL))
  const journal = openJournal(deps, hookMetrics)
  const agentCalls = new ProjectAgentCalls({
    runningCalls: (projectId, sessionId) => runningAgentCalls(reader, projectId, sessionId),
    onLinked: (projectId, call) => journal.takeAgentCall(projectId, call),
  })
  agentCalls.restoreLinks(storedAgentCalls(reader))
  agentCalls.restore(journal.entries())
  const drain = new SpoolDrain({
    folders: () => [spoolFolder, former?.folder()].filter((folder) => folder !== undefined),
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
    former?.[Symbol.dispose]()
    claim[Symbol.dispose]()
  })
  await app.register(
    hookRoutes({
      journal,
      agentCalls,
      promptOf: (projectId, id) => promptOfInvocation(reader, projectId, id),
      hookMetrics,
      now,
    }),
  )
  return journal
}

/** Undefined where the folder was chosen: there it has not changed. */
function formerSpoolOf({ reader, logger, spoolFolder }: HooksDeps): FormerSpool | undefined {
  const isChosen = spoolFolder !== databaseSpoolFolder(reader.path)
  return isChosen ? undefined : new FormerSpool({ databasePath: reader.path, logger })
}

function openJournal({ reader, recorder, logger, spoolFolder }: HooksDeps, metrics: HookMetrics): Journal {
  const storageLog = createStorageLog(logger)
  return new Journal({
    path: join(spoolFolder, JOURNAL),
    recorder,
    toPrivate: (projectId, observation) => privateObservation(reader, projectId, observation),
    onNotKept: metrics.countNotKept,
    onSetAside(aside) {
      metrics.countSetAside(aside)
      logger.warn(aside, 'set aside lines of the hook journal that cannot be stored')
    },
    onRefused: (error) => {
      if (error instanceof StorageUnavailableError || error instanceof QueueFullError)
        storageLog.failed(error)
      else logger.error({ err: error }, 'a hook event cannot be stored')
    },
  })
}

/** More calls of sub-agents than run in one session at the same time. */
const RUNNING_CALLS_MAX = 100

function runningAgentCalls(reader: Reader, projectId: number, sessionId: string): readonly RunningCall[] {
  const query = { session_id: sessionId, kind: 'agent', outcome: 'running' } as const
  return listInvocations(reader, projectId, { ...query, order: 'desc', limit: RUNNING_CALLS_MAX }).items
}
