import { join } from 'node:path'
import { freePort, type RunningProcess, startProcess, temporaryFolder } from '@skillwatch/testkit'
import { ROOT } from './repository.ts'

type ServiceName = 'ingest' | 'ws-gateway' | 'exporter' | 'analyst'

/**
 * An installation for one test: a new folder, a new database, free ports. Its services are real processes.
 */
export interface Skillwatch extends AsyncDisposable {
  readonly folder: string
  readonly databaseUrl: string
  /** The environment of all its processes, services and command line. */
  readonly env: Readonly<Record<string, string>>
  readonly urls: Readonly<Record<ServiceName, string>>
  /** Starts a service and waits until it is ready. It is stopped with the installation. */
  start(name: ServiceName): Promise<RunningProcess>
}

const VARIABLES = {
  ingest: 'INGEST_PORT',
  'ws-gateway': 'WS_GATEWAY_PORT',
  exporter: 'EXPORTER_PORT',
  analyst: 'ANALYST_PORT',
} as const

/** @param more variables of services, such as `WS_GATEWAY_SLOW_CLIENT_MS` */
export async function createSkillwatch(more: Readonly<Record<string, string>> = {}): Promise<Skillwatch> {
  const folder = temporaryFolder()
  const ports: Record<ServiceName, number> = {
    ingest: await freePort(),
    'ws-gateway': await freePort(),
    exporter: await freePort(),
    analyst: await freePort(),
  }
  const databaseUrl = `sqlite:${join(folder.path, 'skillwatch.db')}`
  const env: Record<string, string> = {
    HOME: folder.path,
    XDG_STATE_HOME: join(folder.path, 'state'),
    SKILLWATCH_DATABASE_URL: databaseUrl,
    SKILLWATCH_LOG_LEVEL: 'warn',
    ANALYST_INGEST_URL: `http://127.0.0.1:${ports.ingest}`,
    ...more,
  }
  for (const [name, variable] of Object.entries(VARIABLES))
    env[variable] = String(ports[name as ServiceName])
  const url = (name: ServiceName) => `http://127.0.0.1:${ports[name]}`
  const urls = {
    ingest: url('ingest'),
    'ws-gateway': url('ws-gateway'),
    exporter: url('exporter'),
    analyst: url('analyst'),
  }
  const started: RunningProcess[] = []
  return {
    folder: folder.path,
    databaseUrl,
    env,
    urls,
    async start(name) {
      const service = await startProcess({
        args: [join(ROOT, 'apps', name, 'bin.mjs')],
        env,
        ready: async () => (await fetch(`${urls[name]}/health/ready`)).ok,
        timeoutMs: 60_000,
      })
      started.push(service)
      return service
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((service) => service.stop()))
      folder[Symbol.dispose]()
    },
  }
}
