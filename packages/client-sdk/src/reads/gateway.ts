/** Where reads go, and with which key. */
export interface Gateway {
  readonly url: string
  readonly apiKey: string | undefined
  readonly project: string | undefined
}

/** The title of the gateway, in its answer to `GET /`. */
const GATEWAY = 'Skillwatch reads'
/** Advice to append to the message when nothing answers. */
export const IS_IT_RUNNING = '; is the gateway running there? Its address is the option readUrl'

/**
 * Advice to append to the message when something answers, but not as the gateway does. Asks the address
 * which service it belongs to; never throws.
 * @returns nothing when it is the gateway
 */
export async function adviceFor(url: string, signal: AbortSignal): Promise<string> {
  const title = await titleAt(url, signal)
  if (title === GATEWAY) return ''
  if (title === undefined) return IS_IT_RUNNING
  return `; ${url} is ${title}, not the gateway: give the address of the gateway in the option readUrl`
}

/** The title that a service gives itself; undefined when there is none. */
async function titleAt(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await globalThis.fetch(`${url}/`, { headers: { accept: 'application/json' }, signal })
    const { name } = (await response.json()) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}
