import { StreamRefusedError, streamChanges } from '@skillwatch/client'
import { ask, type Endpoint } from '../http.ts'
import { broken, type Check, noted, ok } from './check.ts'
import type { DatabaseFacts } from './database.ts'
import { ago } from './units.ts'

const ANSWER_MS_MAX = 3_000

interface Position {
  readonly epoch: string
  readonly offset: number
}

/** When the newest recorded call was made. */
export async function checkNewestCall(gateway: Endpoint, nowMs: number): Promise<Check> {
  const name = 'newest call'
  const answer = await ask(gateway, '/v1/invocations?limit=1&order=desc', {
    timeoutMs: ANSWER_MS_MAX,
  }).catch(() => undefined)
  if (answer?.status !== 200) return noted(name, 'unknown, as ws-gateway does not tell')
  const [last] = (answer.body as { items?: { invoked_at: string; kind: string }[] }).items ?? []
  if (last === undefined)
    return noted(name, 'nothing was recorded yet', 'bring something in: `skillwatch import claude-code`')
  return ok(name, `a ${last.kind}, invoked ${ago(nowMs - Date.parse(last.invoked_at))}`)
}

/** Whether the gateway streams what the database holds: the same log, as far as it goes. */
export async function checkLag(gateway: Endpoint, facts: DatabaseFacts | undefined): Promise<Check> {
  const name = 'stream'
  const streamed = await streamPosition(gateway)
  if (streamed === undefined) return noted(name, 'unknown, as ws-gateway does not stream to us')
  const committed = facts?.position
  if (committed === undefined) return ok(name, `at offset ${streamed.offset}`)
  if (committed.epoch !== streamed.epoch) {
    return noted(
      name,
      `ws-gateway streams another log than ${facts?.path} holds`,
      'is SKILLWATCH_DATABASE_URL that of the services, or the API key of another project?',
    )
  }
  const lag = committed.offset - streamed.offset
  if (lag <= 0) return ok(name, `at offset ${streamed.offset}, all that is committed`)
  return broken(
    name,
    `ws-gateway is ${lag} changes behind offset ${committed.offset}`,
    'restart ws-gateway; nothing is lost',
  )
}

/** Where a new subscription of this key would begin. */
async function streamPosition({ url, apiKey }: Endpoint): Promise<Position | undefined> {
  try {
    for await (const event of streamChanges({ url, apiKey, signal: AbortSignal.timeout(ANSWER_MS_MAX) })) {
      return event.type === 'subscribed' ? event : undefined
    }
  } catch (error) {
    if (!(error instanceof StreamRefusedError)) throw error
  }
  return undefined
}
