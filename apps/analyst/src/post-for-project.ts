import { findApiKey, type listProjects, type Reader } from '@skillwatch/db'
import type { ServiceOptions } from '@skillwatch/service'
import type { AnalystMetrics } from './metrics.ts'
import type { AnyReport } from './post-report.ts'
import { type Backoff, postUntilTaken } from './post-until-taken.ts'
import { latestRunAt } from './schedule.ts'

/** What is needed to report to ingest. */
export interface Posting {
  readonly reader: Reader
  readonly ingestUrl: string
  readonly apiKeys: readonly string[]
  readonly everyMs: number
  readonly backoff: Backoff
  readonly metrics: AnalystMetrics
  readonly logger: ServiceOptions['logger']
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number
}

export type Project = Pick<ReturnType<typeof listProjects>[number], 'project_id' | 'name'>

/**
 * Sends a report of a project until ingest takes it, with the key of the project where one is given.
 * @param makeReport called before each attempt
 * @throws as `postUntilTaken`
 */
export function postForProject<Report extends AnyReport>(
  { reader, ingestUrl, apiKeys, backoff, metrics, logger, everyMs, now }: Posting,
  { project_id, name }: Project,
  makeReport: () => Report,
  { dueAtMs, signal }: { readonly dueAtMs: number; readonly signal: AbortSignal },
) {
  const target = { ingestUrl, project: name, apiKey: keyOfProject(reader, apiKeys, project_id) }
  return postUntilTaken(target, makeReport, {
    backoff,
    metrics,
    signal,
    isOutdated: () => latestRunAt(now(), everyMs) > dueAtMs,
    onRetry: (err, delayMs) => logger.warn({ err }, `the report is sent again in ${delayMs} ms`),
  })
}

/** The key of a project among those that are configured: its id, which is no secret, names the project. */
function keyOfProject(reader: Reader, apiKeys: readonly string[], projectId: number): string | undefined {
  return apiKeys.find((apiKey) => findApiKey(reader, apiKey.split('_')[1] ?? '')?.project_id === projectId)
}
