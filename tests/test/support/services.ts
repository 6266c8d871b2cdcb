import { join } from 'node:path'
import type { Observation } from '@skillwatch/schema'
import { freePort, startProcess, temporaryFolder } from '@skillwatch/testkit'
import { ROOT } from './repository.ts'

export interface RecordingServices extends AsyncDisposable {
  readonly ingestUrl: string
  readonly exporterUrl: string
  /** Sends observations to ingest; resolves once they are committed. */
  record(...observations: Observation[]): Promise<void>
}

/** Ingest and exporter as processes of their own on a new database. */
export async function startRecordingServices(): Promise<RecordingServices> {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const start = async (app: string, prefix: string) => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    stack.use(
      await startProcess({
        args: [join(ROOT, 'apps', app, 'bin.mjs')],
        env: { SKILLWATCH_DATABASE_URL: `sqlite:${folder.path}/skillwatch.db`, [`${prefix}_PORT`]: String(port) },
        ready: async () => (await fetch(`${url}/health/ready`)).ok,
      }),
    )
    return url
  }
  const ingestUrl = await start('ingest', 'INGEST')
  const exporterUrl = await start('exporter', 'EXPORTER')
  return {
    ingestUrl,
    exporterUrl,
    record: (...observations) => sendObservations(ingestUrl, observations),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** @throws {Error} unless every observation was taken */
export async function sendObservations(ingestUrl: string, observations: readonly Observation[]): Promise<void> {
  const response = await fetch(`${ingestUrl}/v1/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(observations),
  })
  const reply = (await response.json()) as { accepted?: number }
  if (reply.accepted !== observations.length) throw new Error(`${response.status}: ${JSON.stringify(reply)}`)
}
