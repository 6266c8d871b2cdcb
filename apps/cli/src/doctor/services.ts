import { isLoopback } from '@skillwatch/schema/vocabulary'
import { ask, type Endpoint, wrongService } from '../http.ts'
import { type PortHolder, portHolder } from '../start/ports.ts'
import { broken, type Check, ok } from './check.ts'

const ANSWER_MS_MAX = 3_000

/** Checks that a service runs and is ready. If it does not answer, finds out which program has its port. */
export async function checkService(endpoint: Endpoint, portVariable: string): Promise<Check> {
  const { name, url } = endpoint
  const ready = await ask(endpoint, '/health/ready', { timeoutMs: ANSWER_MS_MAX }).catch(() => undefined)
  if (ready === undefined) return notAnswering(endpoint, await holderOf(url), portVariable)
  if (!isHealth(ready.body)) return notAnswering(endpoint, { kind: 'other' }, portVariable)
  const wrong = await wrongService(endpoint)
  if (wrong !== undefined) return broken(name, `another service of Skillwatch answers at ${url}`, wrong)
  if (ready.status === 200) return ok(name, `ready at ${url}`)
  const reasons = ready.body.reasons?.join('; ') || 'it gives no reason'
  return broken(
    name,
    `runs at ${url} and is not ready: ${reasons}`,
    'wait a moment; if that does not help, read its log (`npm start -- --verbose`)',
  )
}

function notAnswering({ name, url }: Endpoint, holder: PortHolder, portVariable: string): Check {
  if (holder.kind === 'none') return broken(name, `does not run at ${url}`, 'start it with `npm start`')
  if (holder.kind === 'skillwatch')
    return broken(
      name,
      `runs at ${url} and does not answer in time`,
      'it may be overloaded; run doctor again, then restart it',
    )
  return broken(
    name,
    `another program answers at ${url}`,
    `stop that program, or choose another port with ${portVariable}`,
  )
}

/** Only ports of this machine can be checked. */
async function holderOf(url: string): Promise<PortHolder> {
  const { hostname, port, protocol } = new URL(url)
  if (!isLoopback(hostname)) return { kind: 'none' }
  const host = hostname.replace(/^\[|\]$/g, '')
  return portHolder({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80), url })
}

function isHealth(body: unknown): body is { status: string; reasons?: string[] } {
  return typeof (body as { status?: unknown } | undefined)?.status === 'string'
}
