import { homedir } from 'node:os'
import { join } from 'node:path'
import { createSender, SendError, type SendTotals } from '@skillwatch/client'
import { type Observation, StreamPosition } from '@skillwatch/schema'
import { Value } from 'typebox/value'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { ingestEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { noProgress, openProgressStore, type ProgressKind, type ProgressStore } from './progress-store.ts'

/** Observations in one request: two seconds' worth of reading, and well below what the server takes. */
export const BATCH_ITEMS_MAX = 1_000

/** Where an import sends what it finds, and where it keeps how far it came. */
export interface Destination<Progress extends { readonly path: string }> {
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  readonly progress: ProgressStore<Progress>
}

/**
 * Ingest, or nobody in a dry run. Progress belongs to one change log of one server: a new database gets everything.
 * @throws {CliError} when ingest does not answer
 */
export async function openDestination<Progress extends { readonly path: string }>(
  context: CommandContext,
  { url, dryRun }: { url: string; dryRun?: boolean },
  kind: ProgressKind<Progress>,
): Promise<Destination<Progress>> {
  if (dryRun) return { send: sendNothing, progress: noProgress }
  const endpoint = ingestEndpoint(context, url)
  const position = await demand(endpoint, '/v1/stream', { signal: context.signal })
  if (!Value.Check(StreamPosition, position)) {
    throw new CliError(
      'the answer is not that of ingest: is the address right, and has ingest the same version?',
    )
  }
  const sender = createSender({
    url: endpoint.url,
    apiKey: endpoint.apiKey,
    batchItemsMax: BATCH_ITEMS_MAX,
    signal: context.signal,
    now: context.nowMs,
  })
  const { env } = context
  const stateHome = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state')
  const server = { serverUrl: endpoint.url, epoch: position.epoch }
  const progress = await openProgressStore(join(stateHome, 'skillwatch'), server, kind)
  return { send: (observations) => sender.send(observations), progress }
}

/** What ended an import, in words that say how to go on. */
export function toldForPeople(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted)
    return new CliError('stopped; run the same command again to go on from here', { cause: error })
  if (error instanceof SendError) {
    return new CliError(`${error.message}. What was sent is stored; run the same command again to go on.`, {
      cause: error,
    })
  }
  return error
}

async function sendNothing(): Promise<SendTotals> {
  return { accepted: 0, duplicates: 0, rejectedCount: 0, rejected: [] }
}
