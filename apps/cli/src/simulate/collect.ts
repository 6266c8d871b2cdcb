import type { Observation } from '@skillwatch/schema'
import { noCheckpoints } from '../import/checkpoint-store.ts'
import { importFolder } from '../import/import-folder.ts'

/** The ended calls in a folder of transcripts, as an import would send them. */
export async function collectObservations(folder: string): Promise<Observation[]> {
  const collected = new Map<string, Observation>()
  await importFolder({
    folder,
    async send(observations) {
      for (const each of observations)
        if (each.outcome !== 'running') collected.set(each.invocation_id!, each)
      return allAccepted(observations)
    },
    sendApiRequests: async (requests) => allAccepted(requests),
    sendPrompts: async (prompts) => allAccepted(prompts),
    checkpoints: noCheckpoints,
    restart: true,
    idleMs: Number.POSITIVE_INFINITY,
    lineBytesMax: 64 * 1_048_576,
    batchItemsMax: 1_000,
    signal: new AbortController().signal,
    // Nothing counts as idle, so the result does not depend on the time.
    nowMs: () => 0,
  })
  return [...collected.values()]
}

function allAccepted(items: readonly unknown[]) {
  return { accepted: items.length, duplicates: 0, rejectedCount: 0, rejected: [] }
}
