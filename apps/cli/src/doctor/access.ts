import { ask, type Endpoint } from '../http.ts'
import { broken, type Check, noted, ok } from './check.ts'

/** Checks which scopes the API key has, with a harmless request for each. */
export async function checkApiKey(ingest: Endpoint, gateway: Endpoint): Promise<Check> {
  const [recording, reading, administration] = await Promise.all([
    status(ingest, '/v1/invocations', { method: 'POST', body: [] }),
    status(gateway, '/v1/skills?limit=1'),
    status(ingest, '/v1/keys'),
  ])
  if (recording === undefined && reading === undefined)
    return noted('api key', 'cannot be checked, as no service answers')
  const createOne = 'create one with `skillwatch keys create` and set SKILLWATCH_API_KEY'
  if (recording === 401 || reading === 401) {
    if (ingest.apiKey === undefined)
      return broken('api key', 'a key is required, and none is set', createOne)
    return broken(
      'api key',
      'SKILLWATCH_API_KEY is not valid',
      `it may be revoked, or belong to another database; ${createOne}`,
    )
  }
  const scopes = [
    ...(isOpen(recording) ? ['ingest'] : []),
    ...(isOpen(reading) ? ['read'] : []),
    ...(isOpen(administration) ? ['admin'] : []),
  ].join(', ')
  if (ingest.apiKey === undefined) return ok('api key', `none is set, and none is needed (${scopes})`)
  return scopes === ''
    ? broken('api key', 'is valid and has no scope', createOne)
    : ok('api key', `valid: ${scopes}`)
}

/** Other refusals, such as that of an empty batch, come after the key was accepted. */
function isOpen(code: number | undefined): boolean {
  return code !== undefined && code !== 401 && code !== 403 && code < 500
}

async function status(endpoint: Endpoint, path: string, options: { method?: string; body?: unknown } = {}) {
  const answer = await ask(endpoint, path, { ...options, timeoutMs: 3_000 }).catch(() => undefined)
  return answer?.status
}
