import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'

export interface OtlpListenerOptions {
  host: string
  /** 0 is off. */
  port: number
  logger: Pick<FastifyBaseLogger, 'info' | 'warn'>
  onListening(listening: boolean): void
}

/** How long requests in progress may take once the service closes, as on the service's own port. */
const DRAIN_MS = 3_000

/**
 * Serves all routes of the service on the default port of OpenTelemetry exporters as well, as long as the
 * service listens. When another program uses that port, the service runs without it.
 */
export function listenForOtlp(app: Service, { host, port, logger, onListening }: OtlpListenerOptions): void {
  onListening(false)
  if (port === 0) return
  const servers: Server[] = []
  let opening = Promise.resolve()
  let draining: Promise<unknown> = Promise.resolve()

  async function open(): Promise<void> {
    if (portOf(app) === port) return onListening(true)
    for (const address of await addressesOf(host)) {
      const server = createServer({ requestTimeout: 30_000 }, (request, reply) =>
        app.routing(request, reply),
      )
      server.listen(port, address)
      await once(server, 'listening')
      servers.push(server)
    }
    logger.info({ host, port }, 'listening for OpenTelemetry')
    onListening(true)
  }

  app.addHook('onListen', async () => {
    opening = open().catch((err: NodeJS.ErrnoException) => {
      const why = err.code === 'EADDRINUSE' ? 'is taken by another program' : 'cannot be listened on'
      const hint =
        `send OpenTelemetry to port ${portOf(app)}, which accepts it too, ` +
        'or choose another port with INGEST_OTLP_PORT (0 is off)'
      logger.warn({ err, host, port }, `port ${port} ${why}; ${hint}`)
    })
    await opening
  })
  app.addHook('preClose', async () => {
    await opening
    draining = Promise.all(servers.map(drain))
  })
  app.addHook('onClose', async () => {
    await draining
  })
}

/** Accepts no new connections and waits for requests in progress. */
async function drain(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  server.close()
  server.closeIdleConnections()
  await once(server, 'close')
  clearTimeout(timer)
}

/** The service's own port. */
function portOf(app: Service): number {
  return (app.server.address() as AddressInfo).port
}

/** All addresses of a host name: `localhost` has two. */
async function addressesOf(host: string): Promise<string[]> {
  if (host !== 'localhost') return [host]
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
