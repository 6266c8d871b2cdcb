import { ask, type Endpoint } from '../http.ts'
import { type PortHolder, portHolder } from '../start/ports.ts'
import { broken, type Check, ok } from './check.ts'

/** Health answers quickly or not at all. */
const ANSWER_MS_MAX = 3_000

/** Whether a service runs and can take work; if not, who has its port. */
export async function checkService(endpoint: Endpoint, portVariable: string): Promise<Check> {
  const { name, url } = endpoint
  const ready = await ask(endpoint, '/health/ready', { timeoutMs: ANSWER_MS_MAX }).catch(() => undefined)
  if (ready === undefined) return notAnswering(endpoint, await holderOf(url), portVariable)
  if (ready.status === 200 && isHealth(ready.body)) return ok(name, `ready at ${url}`)
  if (!isHealth(ready.body)) return notAnswering(endpoint, 'other', portVariable)
  const reasons = ready.body.reasons?.join('; ') || 'it says no reason'
  return broken(
    name,
    `runs at ${url} and is not ready: ${reasons}`,
    'wait a moment; if it stays, read what it logs (`npm start -- --verbose`)',
  )
}

function notAnswering({ name, url }: Endpoint, holder: PortHolder, portVariable: string): Check {
  if (holder === 'nobody') return broken(name, `does not run at ${url}`, 'start it with `npm start`')
  if (holder === 'skillwatch')
    return broken(
      name,
      `is alive at ${url} and gives no answer in time`,
      'it may be overloaded; look again, then restart it',
    )
  return broken(
    name,
    `another program answers at ${url}`,
    `stop that one, or choose a port with ${portVariable}`,
  )
}

/** Only a port of this machine can be tried. */
async function holderOf(url: string): Promise<PortHolder> {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (host !== 'localhost' && host !== '::1' && !host.startsWith('127.')) return 'nobody'
  return portHolder({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80), url })
}

function isHealth(body: unknown): body is { status: string; reasons?: string[] } {
  return typeof (body as { status?: unknown } | undefined)?.status === 'string'
}
