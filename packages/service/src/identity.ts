import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '@skillwatch/schema/vocabulary'
import { isAllowedHost } from './addresses.ts'
import type { ServiceOptions } from './service.ts'
import { VERSION } from './version.ts'

/** Which process answers, as far as the caller may know it. */
export interface Identity {
  readonly service?: string
  readonly version?: string
  readonly started_by?: string
  readonly pid?: number
  readonly parent_pid?: number
  readonly database?: string
}

type IdentityOptions = Pick<ServiceOptions, 'service' | 'host' | 'access' | 'databasePath' | 'startedBy'>

/**
 * What a service says of itself. Health probes may send any Host, so that of a page which attacks by DNS
 * rebinding too: without an allowed one the answer is empty. Ids of processes and paths are for callers on
 * this machine.
 */
export function identityOf(options: IdentityOptions, headers: IncomingHttpHeaders): Identity {
  const { service, host, access, databasePath, startedBy = '' } = options
  if (!isAllowedHost(headers.host, host, access.allowedHosts)) return {}
  return {
    service,
    version: VERSION,
    ...(startedBy !== '' && { started_by: startedBy }),
    ...(isLocal(host, headers) && {
      pid: process.pid,
      parent_pid: process.ppid,
      database: databasePath,
    }),
  }
}

/** Whether only this machine can call, and no proxy has passed the request on. */
function isLocal(host: string, headers: IncomingHttpHeaders): boolean {
  const isForwarded = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined
  return isLoopback(host) && isAllowedHost(headers.host, host, []) && !isForwarded
}
