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

/** Reports when the newest recorded call was made. */
export async function checkNewestCall(gateway: Endpoint, nowMs: number): Promise<Check> {
  const name = 'newest call'
  const answer = await ask(gateway, '/v1/invocations?limit=1&order=desc', {
    timeoutMs: ANSWER_MS_MAX,
  }).catch(() => undefined)
  if (answer?.status !== 200) return noted(name, 'unknown, as ws-gateway does not answer')
  const [last] = (answer.body as { items?: { invoked_at: string; kind: string }[] }).items ?? []
  if (last === undefined)
    return noted(name, 'nothing was recorded yet', 'import a history: `skillwatch import claude-code`')
  return ok(name, `a ${last.kind}, invoked ${ago(nowMs - Date.parse(last.invoked_at))}`)
}

/** Checks that the gateway streams the change log of the database up to its end. */
export async function checkLag(gateway: Endpoint, facts: DatabaseFacts | undefined): Promise<Check> {
  const name = 'stream'
  const streamed = await streamPosition(gateway)
  if (streamed === undefined) return noted(name, 'unknown, as ws-gateway refuses the subscription')
  const committed = facts?.position
  if (committed === undefined) return ok(name, `at offset ${streamed.offset}`)
  if (committed.epoch !== streamed.epoch) {
    return noted(
      name,
      `ws-gateway streams a change log that is not in ${facts?.path}`,
      'check that SKILLWATCH_DATABASE_URL is that of the services, and that SKILLWATCH_API_KEY and ' +
        'SKILLWATCH_PROJECT are of project default',
    )
  }
  const lag = committed.offset - streamed.offset
  if (lag <= 0) return ok(name, `at offset ${streamed.offset}, the end of the change log`)
  return broken(
    name,
    `ws-gateway is ${lag} changes behind offset ${committed.offset}`,
    'restart ws-gateway; no data is lost by that',
  )
}

/** The position at which a new subscription with this key and project begins. */
async function streamPosition({ url, apiKey, project }: Endpoint): Promise<Position | undefined> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX)
  try {
    for await (const event of streamChanges({ url, apiKey, project, signal })) {
      return event.type === 'subscribed' ? event : undefined
    }
  } catch (error) {
    if (!(error instanceof StreamRefusedError)) throw error
  }
  return undefined
}
