import { resolve } from 'node:path'

/** Where the parts are and how to be let in, from the environment. */
export interface Settings {
  readonly ingestUrl: string
  readonly gatewayUrl: string
  readonly exporterUrl: string
  readonly apiKey: string | undefined
  /** A relative SQLite path counts from the repository's root, whatever the working directory is. */
  readonly databaseUrl: string
}

export const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..')

/** An address said outright wins; otherwise it follows from the service's own host and port. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    ingestUrl: withoutSlash(env.SKILLWATCH_INGEST_URL || localUrl(env.INGEST_HOST, env.INGEST_PORT, 8766)),
    gatewayUrl: withoutSlash(env.SKILLWATCH_GATEWAY_URL || localUrl(env.WS_GATEWAY_HOST, env.WS_GATEWAY_PORT, 8765)),
    exporterUrl: withoutSlash(env.SKILLWATCH_EXPORTER_URL || localUrl(env.EXPORTER_HOST, env.EXPORTER_PORT, 9090)),
    apiKey: env.SKILLWATCH_API_KEY || undefined,
    databaseUrl: absoluteDatabaseUrl(env.SKILLWATCH_DATABASE_URL || 'sqlite:./data/skillwatch.db'),
  }
}

/** The same URL with an absolute SQLite path; other databases stay as they are. */
export function absoluteDatabaseUrl(databaseUrl: string): string {
  const path = /^sqlite:(?!\/\/)(?!:memory:)(.+)$/.exec(databaseUrl)?.[1]
  return path === undefined ? databaseUrl : `sqlite:${resolve(REPOSITORY_ROOT, path)}`
}

function localUrl(host: string | undefined, port: string | undefined, defaultPort: number): string {
  return `http://${reachable(host || '127.0.0.1')}:${port || defaultPort}`
}

/** A service that listens everywhere is reached on loopback; an IPv6 address needs brackets in a URL. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
