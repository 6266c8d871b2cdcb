import { resolve } from 'node:path'
import { databaseSpoolFolder } from '@skillwatch/client/spool'
import { CliError } from './errors.ts'

export type ServiceName = 'ingest' | 'ws-gateway' | 'exporter' | 'analyst'

/** Where a service that `start` runs will listen, from the service's own variables. */
export interface Listener {
  readonly host: string
  readonly port: number
  /** Its address for clients on this machine. */
  readonly url: string
  readonly portVariable: string
}

/** What the environment configures. */
export interface Settings {
  readonly ingestUrl: string
  readonly gatewayUrl: string
  readonly exporterUrl: string
  readonly analystUrl: string
  readonly apiKey: string | undefined
  /** The project to record into and read: that of the key, or an open one where no key is needed. */
  readonly project: string | undefined
  /**
   * With an absolute SQLite path. A relative one in the environment starts at the root of the repository.
   */
  readonly databaseUrl: string
  /** The file of a SQLite database. For another database, the file that is the default. */
  readonly databasePath: string
  /** Folder in which the ingest of this database looks for observations that could not be sent. */
  readonly spoolFolder: string
  /** What `start` runs. Addresses that the environment does not set follow from it. */
  readonly listeners: Readonly<Record<ServiceName, Listener>>
}

/**
 * Scheme and host of an address that names no port. `URL` does not distinguish that from the usual port of
 * HTTP.
 */
const WITHOUT_PORT = /^http:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]+)(?![^/?#])/i

export const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..')
const DEFAULT_DATABASE = './data/skillwatch.db'

/** @throws {CliError} when a variable cannot be used */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const listeners = {
    ingest: readListener(env, 'INGEST', 8766),
    'ws-gateway': readListener(env, 'WS_GATEWAY', 8765),
    exporter: readListener(env, 'EXPORTER', 9090),
    analyst: readListener(env, 'ANALYST', 8768),
  }
  return {
    ingestUrl: readUrl(env, 'SKILLWATCH_INGEST_URL', listeners.ingest),
    gatewayUrl: readUrl(env, 'SKILLWATCH_GATEWAY_URL', listeners['ws-gateway']),
    exporterUrl: readUrl(env, 'SKILLWATCH_EXPORTER_URL', listeners.exporter),
    analystUrl: readUrl(env, 'SKILLWATCH_ANALYST_URL', listeners.analyst),
    apiKey: env.SKILLWATCH_API_KEY || undefined,
    project: env.SKILLWATCH_PROJECT || undefined,
    databaseUrl: databaseUrlOf(env),
    databasePath: databasePathOf(env),
    spoolFolder: spoolFolderOf(env),
    listeners,
  }
}

function databaseUrlOf(env: NodeJS.ProcessEnv): string {
  return absoluteDatabaseUrl(env.SKILLWATCH_DATABASE_URL || `sqlite:${DEFAULT_DATABASE}`)
}

/** The same folder that ingest chooses: that of its own variable, or of the database. Never throws. */
export function spoolFolderOf(env: NodeJS.ProcessEnv): string {
  if (env.INGEST_SPOOL_FOLDER) return resolve(REPOSITORY_ROOT, env.INGEST_SPOOL_FOLDER)
  return databaseSpoolFolder(databasePathOf(env))
}

function databasePathOf(env: NodeJS.ProcessEnv): string {
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(databaseUrlOf(env))?.[1] ?? DEFAULT_DATABASE
  return resolve(REPOSITORY_ROOT, path)
}

/** The same URL with an absolute SQLite path. URLs of other databases are not changed. */
export function absoluteDatabaseUrl(databaseUrl: string): string {
  const path = /^sqlite:(?!\/\/)(?!:memory:)(.+)$/.exec(databaseUrl)?.[1]
  return path === undefined ? databaseUrl : `sqlite:${resolve(REPOSITORY_ROOT, path)}`
}

/**
 * The HTTP address of a service, without a slash at its end.
 * @param port of the service, for an `http:` address that names none. An `https:` address is that of a
 *   proxy, with a port of its own.
 * @throws {CliError} (usage) when it is not an address
 */
export function parseServiceUrl(value: string, name: string, port: number): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const form = 'an address such as http://127.0.0.1:8766'
    const message = `${name} must be ${form}; it is ${JSON.stringify(value)}.`
    throw new CliError(message, { exitCode: 2 })
  }
  const address = value.replace(/\/+$/, '')
  return url.protocol === 'https:' ? address : address.replace(WITHOUT_PORT, `$&:${port}`)
}

function readListener(env: NodeJS.ProcessEnv, prefix: string, defaultPort: number): Listener {
  const host = env[`${prefix}_HOST`] || '127.0.0.1'
  const portVariable = `${prefix}_PORT`
  const port = Number(env[portVariable] || defaultPort)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    const value = JSON.stringify(env[portVariable])
    const message = `${portVariable} must be a port from 1 to 65535; it is ${value}.`
    throw new CliError(message, { exitCode: 2 })
  }
  return { host, port, url: `http://${reachable(host)}:${port}`, portVariable }
}

function readUrl(env: NodeJS.ProcessEnv, variable: string, listener: Listener): string {
  const name = env[variable] ? variable : 'SKILLWATCH_URL'
  const value = env[name]
  return value ? parseServiceUrl(value, name, listener.port) : listener.url
}

/** The host for a client on this machine: loopback for a wildcard, in brackets for IPv6. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
