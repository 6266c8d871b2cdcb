import { PassThrough } from 'node:stream'
import { Registry } from 'prom-client'
import { buildService, createLogger, type ServiceOptions } from '../src/index.ts'

/** A service with one route per need, and what it logged. */
export async function testService(overrides: Partial<ServiceOptions> & { level?: string } = {}) {
  const lines = new PassThrough()
  const app = await buildService({
    service: 'ws-gateway',
    logger: createLogger({ service: 'test', level: overrides.level ?? 'debug' }, lines),
    registry: new Registry(),
    databasePath: '/data/test.db',
    host: '127.0.0.1',
    bodyLimitBytes: 1_000,
    ready: () => [],
    openapi: { title: 'Test', description: 'A service under test.' },
    ...overrides,
    access: {
      mode: 'loopback',
      allowedHosts: [],
      allowedOrigins: [],
      findKey: () => undefined,
      hasKeys: () => false,
      defaultProjectId: 1,
      findOpenProject: () => undefined,
      ...overrides.access,
    },
  })
  return { app, log: () => String(lines.read() ?? '') }
}
