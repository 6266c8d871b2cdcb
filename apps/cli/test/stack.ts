import { join } from 'node:path'
import { freePort, type RunningProcess, startProcess, temporaryFolder } from '@skillwatch/testkit'
import { REPOSITORY_ROOT, type ServiceName } from '../src/settings.ts'

/** Environment of a Skillwatch of its own: a new file and free ports. */
export interface OwnEnvironment extends Disposable {
  readonly env: Record<string, string>
  readonly ports: Readonly<Record<ServiceName, number>>
}

export async function ownEnvironment(more: Readonly<Record<string, string>> = {}): Promise<OwnEnvironment> {
  const folder = temporaryFolder()
  const [ingest, gateway, exporter, analyst] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  const env = {
    SKILLWATCH_DATABASE_URL: `sqlite:${join(folder.path, 'test.db')}`,
    INGEST_PORT: String(ingest),
    WS_GATEWAY_PORT: String(gateway),
    EXPORTER_PORT: String(exporter),
    ANALYST_PORT: String(analyst),
    HOME: folder.path,
    ...more,
  }
  const ports = { ingest, 'ws-gateway': gateway, exporter, analyst }
  return { env, ports, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

/** One service as its own process, ready. */
export function startService(name: ServiceName, { env, ports }: OwnEnvironment): Promise<RunningProcess> {
  const url = `http://127.0.0.1:${ports[name]}`
  return startProcess({
    args: [join(REPOSITORY_ROOT, 'apps', name, 'bin.mjs')],
    env,
    ready: async () => (await fetch(`${url}/health/ready`)).ok,
  })
}

/** Records observations through ingest and demands that all were taken. */
export async function record({ ports }: OwnEnvironment, ...observations: object[]): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${ports.ingest}/v1/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(observations),
  })
  const reply = (await response.json()) as { accepted?: number }
  if (reply.accepted !== observations.length) throw new Error(`not all accepted: ${JSON.stringify(reply)}`)
}
