import {
  type AnomalySeries,
  activeSessionCount,
  anomalySeries,
  databaseBytes,
  type EndedSkill,
  type ExperimentSample,
  endedSkills,
  experimentSamples,
  type LiveSeries,
  liveSeries,
  type PredictionSuccess,
  predictionSuccess,
  type Reader,
  snapshot,
  streamPosition,
  witnessOutcomes,
} from '@skillwatch/db'

/** What one scrape reads of a project, all of the same commit. */
export interface ScrapeData {
  readonly series: readonly LiveSeries[]
  readonly anomalies: readonly AnomalySeries[]
  readonly endedSkills: readonly EndedSkill[]
  readonly experiments: readonly ExperimentSample[]
  readonly witnesses: ReturnType<typeof witnessOutcomes>
  readonly predictions: readonly PredictionSuccess[]
  readonly activeSessionCount: number
  readonly changeOffset: number
  readonly databaseBytes: number
}

/** Reads roll-ups only: the cost follows the number of skills, not of invocations (R7). */
export function readScrapeData(reader: Reader, projectId: number, nowMs: number): ScrapeData {
  return snapshot(reader, () => ({
    series: liveSeries(reader, projectId),
    anomalies: anomalySeries(reader, projectId),
    endedSkills: endedSkills(reader, projectId),
    experiments: experimentSamples(reader, projectId),
    witnesses: witnessOutcomes(reader, projectId),
    predictions: predictionSuccess(reader, projectId),
    activeSessionCount: activeSessionCount(reader, projectId, nowMs),
    changeOffset: streamPosition(reader, projectId).last_offset,
    databaseBytes: databaseBytes(reader),
  }))
}
