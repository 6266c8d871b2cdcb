import { isIP } from 'node:net'

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/**
 * Whether a request with this Host header is meant for this service. A page that attacks by DNS rebinding
 * sends its own host name. A service that listens on a wildcard address also accepts every literal IP
 * address, as those cannot be rebound.
 */
export function isAllowedHost(
  header: string | undefined,
  boundHost: string,
  allowedHosts: readonly string[],
): boolean {
  const name = hostName(header)
  if (name === undefined) return false
  if (LOOPBACK_NAMES.includes(name) || name === boundHost.toLowerCase() || name === `[${boundHost}]`)
    return true
  if (allowedHosts.some((allowed) => allowed.toLowerCase() === name)) return true
  return (boundHost === '0.0.0.0' || boundHost === '::') && isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

/** Whether a page of this origin may call: same host and port, or listed. Programs send no Origin. */
export function isAllowedOrigin(
  origin: string | undefined,
  hostHeader: string | undefined,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined || allowedOrigins.includes(origin)) return true
  const url = URL.parse(origin)
  return url !== null && url.host !== '' && url.host === hostHeader?.toLowerCase()
}

function hostName(header: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^:/@\s]+)(:\d*)?$/i.exec(header ?? '')?.[1]?.toLowerCase()
}
