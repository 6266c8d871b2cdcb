import { createHash, timingSafeEqual } from 'node:crypto'
import type { Scope } from '@skillwatch/schema'
import { isLoopback } from '@skillwatch/schema/vocabulary'
import { ConfigError } from './config.ts'

/** An API key as the database stores it. */
export interface StoredKey {
  secret_hash: Uint8Array
  /** Comma list. */
  scopes: string
  project_id: number
  project: string
  revoked_at_ms: number | null
}

export interface Access {
  /** When requests need a key. `loopback`: unless `host` is loopback; `allow`: never; `deny`: always. */
  mode: 'loopback' | 'allow' | 'deny'
  /** The address listened on. */
  host: string
  allowedHosts: readonly string[]
  allowedOrigins: readonly string[]
  findKey(apiKeyId: string): StoredKey | undefined
  /** Whether any key is valid; with a scope, whether any valid key has exactly this scope. */
  hasKeys(scope?: Scope): boolean
  defaultProjectId: number
  /** The project of this name, if no key was ever made for it: callers without a key may name it. */
  findOpenProject(name: string): Project | undefined
}

/** `none`: the route ignores keys. */
export type RouteScope = Scope | 'none'

export interface Project {
  readonly project_id: number
  readonly name: string
}

/**
 * The project that a request may read and write. A key that is sent must be valid, even where no key is
 * needed; it alone decides the project. Without a key, where that is allowed, it is the open project that
 * the request names, else `default`. Scope `admin` needs a key once an admin key exists.
 * @param header the Authorization header: `Bearer sw_<id>_<secret>`
 * @param named the project that the request names
 */
export function authenticate(
  access: Access,
  header: string | undefined,
  scope: Scope,
  named?: string,
): Project | 'missing' | 'invalid' | 'forbidden' {
  if (header === undefined) {
    const open = isOpen(access) && (scope !== 'admin' || !access.hasKeys('admin'))
    return open ? projectWithoutKey(access, named) : 'missing'
  }
  const key = verifyKey(access, header)
  if (!key) return 'invalid'
  const scopes = key.scopes.split(',')
  if (!scopes.includes(scope) && !scopes.includes('admin')) return 'forbidden'
  return { project_id: key.project_id, name: key.project }
}

/** R13. @throws {ConfigError} when anyone could call the service without a key, or no one could call it */
export function demandAccessControl({ mode, host, hasKeys }: Access): void {
  if ((mode === 'loopback' && isLoopback(host)) || mode === 'allow' || hasKeys()) return
  throw new ConfigError(
    `will not listen on ${host} without API keys: ` +
      `SKILLWATCH_ANONYMOUS_ACCESS is ${mode} and no key exists. ` +
      'Create a key first (start ingest on 127.0.0.1 and run `skillwatch keys create`), ' +
      'or set SKILLWATCH_ANONYMOUS_ACCESS=allow to accept everyone who can reach the port.',
  )
}

function projectWithoutKey(access: Access, named: string | undefined): Project {
  const open = named === undefined ? undefined : access.findOpenProject(named)
  return open ?? { project_id: access.defaultProjectId, name: 'default' }
}

function isOpen({ mode, host }: Access): boolean {
  return mode === 'allow' || (mode === 'loopback' && isLoopback(host))
}

function verifyKey(access: Access, header: string): StoredKey | undefined {
  const match = /^bearer +(sw_([^_\s]{1,64})_\S{1,256})$/i.exec(header)
  const key = match && access.findKey(match[2]!)
  if (!key || key.revoked_at_ms !== null) return undefined
  const hash = createHash('sha256').update(match[1]!).digest()
  return hash.length === key.secret_hash.length && timingSafeEqual(hash, key.secret_hash) ? key : undefined
}
