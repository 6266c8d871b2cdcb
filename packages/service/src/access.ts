import { createHash, timingSafeEqual } from 'node:crypto'
import type { Scope } from '@skillwatch/schema'
import { isLoopback } from './addresses.ts'
import { ConfigError } from './config.ts'

/** What a key opens, as the database keeps it. */
export interface StoredKey {
  secret_hash: Uint8Array
  /** Comma list. */
  scopes: string
  project_id: number
  project: string
  revoked_at_ms: number | null
}

export interface Access {
  /** `loopback`: no key is needed when `host` is a loopback address; `allow`: nowhere; `deny`: everywhere. */
  mode: 'loopback' | 'allow' | 'deny'
  /** The address listened on. */
  host: string
  allowedHosts: readonly string[]
  allowedOrigins: readonly string[]
  findKey(apiKeyId: string): StoredKey | undefined
  /** Whether there is a key that is not revoked; with a scope, one that holds this very scope. */
  hasKeys(scope?: Scope): boolean
  defaultProjectId: number
}

/** `none`: needs no key, not even an optional one. */
export type RouteScope = Scope | 'none'

export interface Project {
  readonly project_id: number
  readonly name: string
}

/**
 * Whose data a request may reach. A key that is sent must be valid, also where none is needed. Without a key, where
 * that is allowed, the caller works on project `default`, and may administer until there is an admin key.
 * @param header the Authorization header: `Bearer sw_<id>_<secret>`
 */
export function authenticate(
  access: Access,
  header: string | undefined,
  scope: Scope,
): Project | 'missing' | 'invalid' | 'forbidden' {
  if (header === undefined) {
    const open = isOpen(access) && (scope !== 'admin' || !access.hasKeys('admin'))
    return open ? { project_id: access.defaultProjectId, name: 'default' } : 'missing'
  }
  const key = verifyKey(access, header)
  if (!key) return 'invalid'
  const scopes = key.scopes.split(',')
  if (!scopes.includes(scope) && !scopes.includes('admin')) return 'forbidden'
  return { project_id: key.project_id, name: key.project }
}

/** R13. @throws {ConfigError} when the service would be open to others, or closed to everyone. */
export function refuseOpenDoor({ mode, host, hasKeys }: Access): void {
  if ((mode === 'loopback' && isLoopback(host)) || mode === 'allow' || hasKeys()) return
  throw new ConfigError(
    `will not listen on ${host} without API keys: with SKILLWATCH_ANONYMOUS_ACCESS=${mode} nobody could be told apart. ` +
      'Create a key first (start ingest on 127.0.0.1 and run `skillwatch keys create`), ' +
      'or set SKILLWATCH_ANONYMOUS_ACCESS=allow to let everyone in who reaches the port.',
  )
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
