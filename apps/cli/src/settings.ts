import { dirname, join, resolve } from 'node:path'
import { CliError } from './errors.ts'

export type ServiceName = 'ingest' | 'ws-gateway' | 'exporter'

/** Where a service of this machine listens, by its own variables. */
export interface Listener {
  readonly host: string
  readonly port: number
  /** How a client on this machine reaches it. */
  readonly url: string
  readonly portVariable: string
}

/** Where the parts are and how to be let in, from the environment. */
export interface Settings {
  readonly ingestUrl: string
  readonly gatewayUrl: string
  readonly exporterUrl: string
  readonly apiKey: string | undefined
  /** A relative SQLite path counts from the repository's root, whatever the working directory is. */
  readonly databaseUrl: string
  /** Where ingest of this machine looks for observations that found no server. */
  readonly spoolFolder: string
  /** What `start` starts; the addresses above follow from it unless said otherwise. */
  readonly listeners: Readonly<Record<ServiceName, Listener>>
}

export const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..')

/** @throws {CliError} when a variable cannot be used */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const listeners = {
    ingest: readListener(env, 'INGEST', 8766),
    'ws-gateway': readListener(env, 'WS_GATEWAY', 8765),
    exporter: readListener(env, 'EXPORTER', 9090),
  }
  return {
    ingestUrl: readUrl(env, 'SKILLWATCH_INGEST_URL', listeners.ingest),
    gatewayUrl: readUrl(env, 'SKILLWATCH_GATEWAY_URL', listeners['ws-gateway']),
    exporterUrl: readUrl(env, 'SKILLWATCH_EXPORTER_URL', listeners.exporter),
    apiKey: env.SKILLWATCH_API_KEY || undefined,
    databaseUrl: databaseUrlOf(env),
    spoolFolder: spoolFolderOf(env),
    listeners,
  }
}

function databaseUrlOf(env: NodeJS.ProcessEnv): string {
  return absoluteDatabaseUrl(env.SKILLWATCH_DATABASE_URL || 'sqlite:./data/skillwatch.db')
}

/** As ingest decides it: its own folder, or `spool` beside the database. Never throws. */
export function spoolFolderOf(env: NodeJS.ProcessEnv): string {
  if (env.INGEST_SPOOL_FOLDER) return resolve(REPOSITORY_ROOT, env.INGEST_SPOOL_FOLDER)
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(databaseUrlOf(env))?.[1]
  return join(path === undefined ? join(REPOSITORY_ROOT, 'data') : dirname(path), 'spool')
}

/** The same URL with an absolute SQLite path; other databases stay as they are. */
export function absoluteDatabaseUrl(databaseUrl: string): string {
  const path = /^sqlite:(?!\/\/)(?!:memory:)(.+)$/.exec(databaseUrl)?.[1]
  return path === undefined ? databaseUrl : `sqlite:${resolve(REPOSITORY_ROOT, path)}`
}

/**
 * An address without a slash at its end.
 * @throws {CliError} (usage) when it is no HTTP address
 */
export function parseServiceUrl(value: string, name: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new CliError(
      `${name} must be an address such as http://127.0.0.1:8766; it is ${JSON.stringify(value)}.`,
      {
        exitCode: 2,
      },
    )
  }
  return value.replace(/\/+$/, '')
}

function readListener(env: NodeJS.ProcessEnv, prefix: string, defaultPort: number): Listener {
  const host = env[`${prefix}_HOST`] || '127.0.0.1'
  const portVariable = `${prefix}_PORT`
  const port = Number(env[portVariable] || defaultPort)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    const message = `${portVariable} must be a port from 1 to 65535; it is ${JSON.stringify(env[portVariable])}.`
    throw new CliError(message, { exitCode: 2 })
  }
  return { host, port, url: `http://${reachable(host)}:${port}`, portVariable }
}

function readUrl(env: NodeJS.ProcessEnv, variable: string, listener: Listener): string {
  const value = env[variable]
  return value ? parseServiceUrl(value, variable) : listener.url
}

/** A service that listens everywhere is reached on loopback; an IPv6 address needs brackets in a URL. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
