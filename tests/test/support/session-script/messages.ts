import type { Random } from '../random.ts'
import type { ScriptedWitness } from './expected-calls.ts'
import { hookEvents, sessionEndEvent } from './hook.ts'
import { logRecords } from './otel-log.ts'
import { spansOfSession } from './otel-span.ts'
import { logsRequest, tracesRequest } from './otlp-json.ts'
import { sdkObservations } from './sdk.ts'
import type { ScriptedSession } from './session.ts'

/** One request to ingest. */
export interface Message {
  readonly path: string
  readonly body: unknown
}

/** How often a message is sent a second time. */
const AGAIN = 0.3
const BATCH_RECORDS_MAX = 5

/**
 * Everything that these witnesses send of the session, in a random order, some of it twice. Only the end of
 * the session has a fixed place: hooks have no clock of their own, so it follows all other hooks once.
 * Transcripts are read, not sent.
 */
export function messagesOf(
  session: ScriptedSession,
  subset: readonly ScriptedWitness[],
  random: Random,
): Message[] {
  const messages = subset.flatMap((witness) => SENT[witness](session, random))
  const sent = shuffled([...messages, ...messages.filter(() => random.next() < AGAIN)], random)
  if (!subset.includes('hook')) return sent
  const lastHook = sent.findLastIndex(({ path }) => path === HOOK_PATH)
  return sent.toSpliced(random.between(lastHook + 1, sent.length), 0, hookMessage(sessionEndEvent(session)))
}

const HOOK_PATH = '/v1/hooks/claude-code'

function hookMessage(body: object): Message {
  return { path: HOOK_PATH, body }
}

const SENT: Readonly<Record<ScriptedWitness, (session: ScriptedSession, random: Random) => Message[]>> = {
  sdk: (session, random) =>
    inBatches(shuffled(sdkObservations(session), random), random).map((body) => ({
      path: '/v1/invocations',
      body,
    })),
  hook: (session) => hookEvents(session).map(hookMessage),
  otel_log: (session, random) =>
    inBatches(shuffled(logRecords(session), random), random).map((records) => ({
      path: '/v1/logs',
      body: logsRequest(records),
    })),
  otel_span: (session, random) =>
    inBatches(shuffled(spansOfSession(session), random), random).map((spans) => ({
      path: '/v1/traces',
      body: tracesRequest(spans),
    })),
  transcript: () => [],
}

/** Sends one message and waits for the answer. @throws when ingest does not accept all of it */
export async function send(ingestUrl: string, { path, body }: Message): Promise<void> {
  const response = await fetch(`${ingestUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.text()
  const isAccepted = path === '/v1/invocations' ? answer.includes('"rejected":[]') : answer === '{}'
  if (!response.ok || !isAccepted) throw new Error(`${path} answered ${response.status}: ${answer}`)
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

function inBatches<T>(items: readonly T[], random: Random): T[][] {
  const batches: T[][] = []
  for (let start = 0; start < items.length; start += batches.at(-1)!.length) {
    batches.push(items.slice(start, start + random.between(1, BATCH_RECORDS_MAX)))
  }
  return batches
}
