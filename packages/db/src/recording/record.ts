import type { ParsedObservation } from '@skillwatch/schema'
import { correlateObservationsOf, correlateSpansOf } from './correlate/correlate.ts'
import { isWaiting } from './is-waiting.ts'
import { mergeSpanRecords } from './merge/merge-spans.ts'
import { normalise } from './normalise/normalise.ts'
import { loadNamed, observe } from './observe.ts'
import type { RecordingStorage, RecordingTransaction, SpanCascade } from './storage.ts'
import { write } from './write/write.ts'
import { WriteBatch } from './write-batch.ts'

/**
 * What became of one observation: stored, known in every field, or stored but of a call that has no row yet,
 * as its session is not known.
 */
export type RecordOutcome = 'accepted' | 'duplicate' | 'waiting'

/** The observations of one request that go into one group. */
export interface RecordJob {
  readonly projectId: number
  readonly observations: readonly ParsedObservation[]
}

/**
 * Records a group of jobs in one transaction: all of the group is stored or nothing. Each invocation is
 * written at most once, and gives at most one change (R5, R6).
 * @throws {TypeError} when there is no such project
 */
export function record(
  storage: RecordingStorage,
  jobs: readonly RecordJob[],
  nowMs: number,
): Promise<RecordOutcome[][]> {
  return storage.transaction(async (trx) => {
    const batches = new Map<number, WriteBatch>()
    const outcomes: RecordOutcome[][] = []
    for (const { projectId, observations } of jobs) {
      const batch = batches.get(projectId) ?? (await openBatch(trx, projectId, nowMs))
      batches.set(projectId, batch)
      const normalised = observations.map((observation) => normalise(observation, batch.facts, nowMs))
      await loadNamed(batch, normalised)
      outcomes.push(normalised.map((each) => observe(batch, each)))
    }
    for (const batch of batches.values()) await finish(batch, [])
    return Promise.all(
      jobs.map((job, index) => withWaiting(batches.get(job.projectId)!, job, outcomes[index]!)),
    )
  })
}

/**
 * Continues the correlation of large traces by one bounded step.
 * @returns whether anything was left of it
 */
export function continueCascades(
  storage: RecordingStorage,
  projectId: number,
  nowMs: number,
): Promise<boolean> {
  return storage.transaction(async (trx) => {
    const batch = await openBatch(trx, projectId, nowMs)
    const cascades = await trx.cascades(projectId, CASCADES_MAX)
    if (cascades.length > 0) await finish(batch, cascades)
    return cascades.length > 0
  })
}

const CASCADES_MAX = 1_000

async function openBatch(trx: RecordingTransaction, projectId: number, nowMs: number): Promise<WriteBatch> {
  return new WriteBatch(trx, projectId, await trx.project(projectId), nowMs)
}

async function finish(batch: WriteBatch, cascades: readonly SpanCascade[]): Promise<void> {
  const spans = await correlateSpansOf(batch, cascades)
  const keptTraces = spans === undefined ? new Set<string>() : await mergeSpanRecords(batch, spans)
  await correlateObservationsOf(batch)
  await write(batch, { spans, keptTraces, cascades })
}

async function withWaiting(
  batch: WriteBatch,
  { observations }: RecordJob,
  outcomes: readonly RecordOutcome[],
): Promise<RecordOutcome[]> {
  const all: RecordOutcome[] = []
  for (const [index, outcome] of outcomes.entries()) {
    all.push((await isWaiting(batch, observations[index]!)) ? 'waiting' : outcome)
  }
  return all
}
