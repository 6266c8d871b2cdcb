import { type Access, authenticate } from '@skillwatch/service'
import { jwtVerify } from 'jose'

/** Why and for which project a client was admitted. */
export interface Admission {
  readonly projectId: number
  /** Whether it sent a token. */
  readonly authenticated: boolean
  /** When the token expires, in epoch milliseconds; `Infinity` when it does not. */
  readonly expiresAtMs: number
  /** Checks the key again: it may have been revoked. */
  isStillGood(): boolean
}

export interface AdmissionDeps {
  readonly access: Access
  /** Secret of the HS256 tokens; empty when there are none. */
  readonly jwtSecret: string
  readonly now: () => number
}

/** The permission a token must hold, if it lists any. */
const READ_PERMISSION = 'session-buddy:read'

/** Admits a client without a token; undefined when it must send one first. */
export function admitAnonymous({ access, jwtSecret }: AdmissionDeps): Admission | undefined {
  if (jwtSecret !== '') return undefined
  const project = authenticate(access, undefined, 'read')
  if (typeof project === 'string') return undefined
  return {
    projectId: project.project_id,
    authenticated: false,
    expiresAtMs: Infinity,
    isStillGood: () => true,
  }
}

/**
 * Admits a client by a JSON Web Token of ours or an API key with scope `read`; undefined for any other
 * token.
 */
export async function admitToken(deps: AdmissionDeps, token: unknown): Promise<Admission | undefined> {
  if (typeof token !== 'string') return undefined
  return token.startsWith('sw_') ? admitApiKey(deps, token) : admitJwt(deps, token)
}

function admitApiKey({ access }: AdmissionDeps, key: string): Admission | undefined {
  const check = () => authenticate(access, `Bearer ${key}`, 'read')
  const project = check()
  if (typeof project === 'string') return undefined
  return {
    projectId: project.project_id,
    authenticated: true,
    expiresAtMs: Infinity,
    isStillGood: () => typeof check() !== 'string',
  }
}

async function admitJwt(
  { access, jwtSecret, now }: AdmissionDeps,
  token: string,
): Promise<Admission | undefined> {
  if (jwtSecret === '') return undefined
  const options = { algorithms: ['HS256'], currentDate: new Date(now()) }
  const verified = await jwtVerify(token, new TextEncoder().encode(jwtSecret), options).catch(
    () => undefined,
  )
  if (verified === undefined || !mayRead(verified.payload.permissions)) return undefined
  const { exp } = verified.payload
  return {
    projectId: access.defaultProjectId,
    authenticated: true,
    expiresAtMs: exp === undefined ? Infinity : exp * 1_000,
    isStillGood: () => true,
  }
}

function mayRead(permissions: unknown): boolean {
  return permissions === undefined || (Array.isArray(permissions) && permissions.includes(READ_PERMISSION))
}
