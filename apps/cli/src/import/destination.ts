import { createSender, SendError, type SendTotals } from '@skillwatch/client'
import type { ApiRequestInput, Observation, PromptInput, StreamPosition } from '@skillwatch/schema'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { ingestEndpoint } from '../help.ts'
import { demand, demandRightService } from '../http.ts'
import { stateFolder } from '../state-folder.ts'
import {
  type CheckpointKind,
  type CheckpointStore,
  noCheckpoints,
  openCheckpointStore,
} from './checkpoint-store.ts'

/** Observations of one request; the server accepts several times as many. */
export const BATCH_ITEMS_MAX = 1_000

/** Where an import sends observations and saves checkpoints. */
export interface Destination<Checkpoint extends { readonly path: string }> {
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  readonly checkpoints: CheckpointStore<Checkpoint>
}

/** The same, for sources that report prompts and requests to models too. */
export interface TranscriptDestination<Checkpoint extends { readonly path: string }>
  extends Destination<Checkpoint> {
  readonly sendApiRequests: (requests: readonly ApiRequestInput[]) => Promise<SendTotals>
  readonly sendPrompts: (prompts: readonly PromptInput[]) => Promise<SendTotals>
}

/**
 * Opens ingest as the destination; a dry run sends nothing. Checkpoints belong to one change log of one
 * server, so a new database receives everything.
 * @throws {CliError} when ingest does not answer
 */
export async function openDestination<Checkpoint extends { readonly path: string }>(
  context: CommandContext,
  { url, dryRun }: { url: string; dryRun?: boolean },
  kind: CheckpointKind<Checkpoint>,
): Promise<TranscriptDestination<Checkpoint>> {
  if (dryRun)
    return {
      send: sendNothing,
      sendApiRequests: sendNothing,
      sendPrompts: sendNothing,
      checkpoints: noCheckpoints,
    }
  const endpoint = ingestEndpoint(context, url)
  await demandRightService(endpoint, context.signal)
  const { epoch } = await demand<StreamPosition>(endpoint, '/v1/stream', { signal: context.signal })
  const sender = createSender({
    url: endpoint.url,
    apiKey: endpoint.apiKey,
    project: endpoint.project,
    batchItemsMax: BATCH_ITEMS_MAX,
    signal: context.signal,
    now: context.nowMs,
  })
  const server = { serverUrl: endpoint.url, epoch }
  const checkpoints = await openCheckpointStore(stateFolder(context.env), server, kind)
  return {
    send: (observations) => sender.send(observations),
    sendApiRequests: (requests) => sender.sendApiRequests(requests),
    sendPrompts: (prompts) => sender.sendPrompts(prompts),
    checkpoints,
  }
}

/** The error that ended an import, with how to continue. */
export function explainImportError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted)
    return new CliError('stopped; run the same command again to continue', { cause: error })
  if (error instanceof SendError) {
    return new CliError(
      `${error.message}. Observations sent before are stored; run the same command again to continue.`,
      {
        cause: error,
      },
    )
  }
  return error
}

async function sendNothing(): Promise<SendTotals> {
  return { accepted: 0, duplicates: 0, rejectedCount: 0, rejected: [] }
}
