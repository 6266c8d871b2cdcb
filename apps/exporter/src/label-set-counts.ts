import type { LiveSeries } from '@skillwatch/db'
import type { Kind } from '@skillwatch/schema'
import { type BoundedValues, boundedValues, type LabelBounds, OTHER } from './bounded-labels.ts'

/** session-buddy's label value for a phase that no witness reported. */
const NO_PHASE = 'unknown'

/** Live invocations under one set of labels. */
export interface LabelSetCount {
  readonly kind: Kind
  readonly skill_name: string
  readonly workflow_phase: string
  completedCount: number
  /** Ended otherwise: failed, rejected or abandoned. */
  otherCount: number
  executionMsSum: number
  /** Per bound of DURATION_BOUNDS_MS, not cumulative. */
  readonly buckets: number[]
}

export interface LabelSetCounts {
  readonly counts: readonly LabelSetCount[]
  readonly names: BoundedValues
  readonly phases: BoundedValues
  readonly labelSets: BoundedValues
}

/**
 * Sums the live series by the labels that Prometheus sees.
 * @param series in order of creation (`series_id`): later series never change the labels of earlier ones
 */
export function countByLabelSet(series: readonly LiveSeries[], bounds: LabelBounds): LabelSetCounts {
  const names = boundedValues(bounds.skillNamesMax)
  const phases = boundedValues(bounds.workflowPhasesMax)
  const labelSets = boundedValues(bounds.labelSetsMax)
  const counts = new Map<string, LabelSetCount>()
  for (const each of series) {
    const wanted = {
      name: names.admit(each.skill_name),
      phase: phases.admit(each.workflow_phase || NO_PHASE),
    }
    const fits = labelSets.admit(keyOf(each.kind, wanted.name, wanted.phase)) !== OTHER
    const { name, phase } = fits ? wanted : { name: OTHER, phase: OTHER }
    const key = keyOf(each.kind, name, phase)
    const count = counts.get(key) ?? emptyCount(each.kind, name, phase, each.buckets.length)
    counts.set(key, add(count, each))
  }
  return { counts: [...counts.values()], names, phases, labelSets }
}

function add(count: LabelSetCount, series: LiveSeries): LabelSetCount {
  if (series.outcome === 'completed') count.completedCount += series.invocation_count
  else count.otherCount += series.invocation_count
  count.executionMsSum += series.execution_ms_sum
  series.buckets.forEach((value, bucket) => {
    count.buckets[bucket]! += value
  })
  return count
}

function emptyCount(
  kind: Kind,
  skill_name: string,
  workflow_phase: string,
  bucketCount: number,
): LabelSetCount {
  const buckets = Array.from({ length: bucketCount }, () => 0)
  return { kind, skill_name, workflow_phase, completedCount: 0, otherCount: 0, executionMsSum: 0, buckets }
}

/** Names never contain NUL, so different parts give different keys. */
function keyOf(...parts: readonly string[]): string {
  return parts.join('\0')
}
