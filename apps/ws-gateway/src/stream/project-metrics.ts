import { activeSessionCount, listSkills, type Reader, streamPosition, totals } from '@skillwatch/db'
import type { Kind, MetricsMessage } from '@skillwatch/schema'

/** The content of a `metrics` message, without the id of the subscription and the time. */
export type ProjectMetrics = Omit<MetricsMessage, 'type' | 'id' | 'at'>

/** Totals and the most used skills of a project, over one kind or all. */
export function readProjectMetrics(
  reader: Reader,
  projectId: number,
  kind: Kind | undefined,
  limit: number,
  nowMs: number,
): ProjectMetrics {
  const { epoch, last_offset } = streamPosition(reader, projectId)
  const order_by = 'invocation_count'
  return {
    epoch,
    offset: last_offset,
    active_sessions: activeSessionCount(reader, projectId, nowMs),
    totals: totals(reader, projectId, kind),
    skills: listSkills(reader, projectId, { kind, order_by, limit, nowMs }).items,
  }
}
