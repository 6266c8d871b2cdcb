import { durationBucket } from '@skillwatch/schema'
import { hasDuration, lastActiveAtMs } from '../roll-ups/deltas.ts'
import type { Writer } from '../sqlite/open.ts'
import { prepareSlotted, slot } from '../sqlite/statements.ts'
import type { ResolvedRow } from './resolve.ts'

/** A change is live when it is committed within this time of the invocation's end; later ones are backfill. */
const LIVE_MS = 15 * 60_000

/** How a row was counted for Prometheus; null when it was not, or not yet. */
export interface LiveCount {
  live_series_id: number | null
  live_execution_ms: number | null
}

const NOT_COUNTED: LiveCount = { live_series_id: null, live_execution_ms: null }

/**
 * Counts invocations for Prometheus, each once: when it first ends, if that is live. What becomes known later does not
 * move it to another series, as a counter must never go down; the row remembers how it was counted, so that a recount
 * can prove the counters (R6).
 */
export function createLiveCounter({ sqlite, db }: Writer) {
  const labels = ['project_id', 'kind', 'skill_name', 'workflow_phase', 'outcome'] as const
  const counters = ['invocation_count', 'execution_count', 'execution_ms_sum'] as const
  const addToSeries = prepareSlotted(
    sqlite,
    db
      .insertInto('skill_live_series')
      .columns([...labels, ...counters])
      .values({
        project_id: slot('project_id'),
        kind: slot('kind'),
        skill_name: slot('skill_name'),
        workflow_phase: slot('workflow_phase'),
        outcome: slot('outcome'),
        invocation_count: slot('invocation_count'),
        execution_count: slot('execution_count'),
        execution_ms_sum: slot('execution_ms_sum'),
      })
      .onConflict((conflict) =>
        conflict.columns([...labels]).doUpdateSet((eb) => ({
          invocation_count: eb(
            'skill_live_series.invocation_count',
            '+',
            eb.ref('excluded.invocation_count'),
          ),
          execution_count: eb('skill_live_series.execution_count', '+', eb.ref('excluded.execution_count')),
          execution_ms_sum: eb.fn('round', [
            eb('skill_live_series.execution_ms_sum', '+', eb.ref('excluded.execution_ms_sum')),
            eb.val(slot<number>('decimals')),
          ]),
        })),
      )
      .returning('series_id')
      .compile(),
  )
  const addToBucket = prepareSlotted(
    sqlite,
    db
      .insertInto('skill_live_bucket')
      .values({
        series_id: slot('series_id'),
        bucket: slot('bucket'),
        invocation_count: slot('invocation_count'),
      })
      .onConflict((conflict) =>
        conflict.columns(['series_id', 'bucket']).doUpdateSet((eb) => ({
          invocation_count: eb(
            'skill_live_bucket.invocation_count',
            '+',
            eb.ref('excluded.invocation_count'),
          ),
        })),
      )
      .compile(),
  )
  const takeFromSeries = sqlite.prepare(
    `update skill_live_series set invocation_count = invocation_count - 1,
      execution_count = execution_count - (@live_execution_ms is not null),
      execution_ms_sum = round(execution_ms_sum - coalesce(@live_execution_ms, 0), 3)
      where series_id = @live_series_id`,
  )
  const takeFromBucket = sqlite.prepare<[number, number]>(
    'update skill_live_bucket set invocation_count = invocation_count - 1 where series_id = ? and bucket = ?',
  )

  function count(
    projectId: number,
    before: (ResolvedRow & LiveCount) | undefined,
    after: ResolvedRow,
    nowMs: number,
  ): LiveCount {
    if (before !== undefined && (before.outcome !== 'running' || before.live_series_id !== null)) {
      return { live_series_id: before.live_series_id, live_execution_ms: before.live_execution_ms }
    }
    if (after.outcome === 'running' || nowMs - lastActiveAtMs(after) > LIVE_MS) return NOT_COUNTED
    const live_execution_ms = hasDuration(after.outcome) ? after.execution_ms : null
    const { series_id } = addToSeries.get({
      project_id: projectId,
      kind: after.kind,
      skill_name: after.skill_name,
      workflow_phase: after.workflow_phase ?? '',
      outcome: after.outcome,
      invocation_count: 1,
      execution_count: live_execution_ms === null ? 0 : 1,
      execution_ms_sum: live_execution_ms ?? 0,
      decimals: 3,
    }) as { series_id: number }
    if (live_execution_ms !== null)
      addToBucket.run({ series_id, bucket: durationBucket(live_execution_ms), invocation_count: 1 })
    return { live_series_id: series_id, live_execution_ms }
  }

  return {
    /** How a row is counted from now on; it is counted here when it was not yet. */
    count,
    /** Takes back what the running transaction has counted: nobody has seen it, so no counter goes down. */
    takeBack({ live_series_id, live_execution_ms }: LiveCount): void {
      takeFromSeries.run({ live_series_id, live_execution_ms })
      if (live_execution_ms !== null) takeFromBucket.run(live_series_id!, durationBucket(live_execution_ms))
    },
  }
}
