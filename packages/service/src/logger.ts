import { redactShapes } from '@skillwatch/schema'
import { type DestinationStream, type Logger, pino } from 'pino'

const SECRETS = [
  'authorization',
  'cookie',
  'api_key',
  'token',
  'password',
  'secret',
  '["proxy-authorization"]',
]

/**
 * Writes JSON lines to standard output. Fields that hold secrets, up to two levels deep, become
 * `[redacted]`. Of a request only id, method and path are logged; text in the path that looks like a secret
 * is redacted.
 */
export function createLogger(
  { service, level }: { service: string; level: string },
  destination?: DestinationStream,
): Logger {
  const options = {
    name: service,
    level,
    redact: { paths: SECRETS.flatMap(atEveryDepth), censor: '[redacted]' },
    serializers: { req: describeRequest },
    timestamp: pino.stdTimeFunctions.isoTime,
  }
  return destination ? pino(options, destination) : pino(options)
}

function atEveryDepth(name: string): string[] {
  const dotted = name.startsWith('[') ? name : `.${name}`
  return [name, `*${dotted}`, `*.*${dotted}`]
}

function describeRequest(request: { method?: string; url?: string; id?: string }) {
  return { id: request.id, method: request.method, path: pathOf(request.url) }
}

function pathOf(url: string | undefined): string | undefined {
  const path = url?.split('?', 1)[0]
  return path === undefined ? undefined : redactShapes(decoded(path))
}

/** A secret in a path may be percent-encoded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
