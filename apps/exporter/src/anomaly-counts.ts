import type { AnomalySeries } from '@skillwatch/db'
import { boundedValues, type LabelBounds, OTHER } from './bounded-labels.ts'

/** Findings under one set of labels. */
export interface AnomalyCount extends Pick<AnomalySeries, 'kind' | 'skill_name' | 'subtype'> {
  count: number
}

/**
 * Sums the series of findings by the labels that Prometheus sees. Names are bounded apart from those of
 * calls: otherwise a skill that is called for the first time could take the place of a name here, and its
 * counter would end.
 * @param series in order of creation: later ones never change the labels of earlier ones
 */
export function countAnomalies(
  series: readonly AnomalySeries[],
  bounds: LabelBounds,
): { readonly counts: readonly AnomalyCount[]; readonly foldedCount: number } {
  const names = boundedValues(bounds.skillNamesMax)
  const labelSets = boundedValues(bounds.labelSetsMax)
  const counts = new Map<string, AnomalyCount>()
  for (const { kind, subtype, skill_name, finding_count } of series) {
    const wanted = names.admit(skill_name)
    const fits = labelSets.admit([kind, subtype, wanted].join('\0')) !== OTHER
    const name = fits ? wanted : OTHER
    const key = [kind, subtype, name].join('\0')
    const known = counts.get(key) ?? { kind, subtype, skill_name: name, count: 0 }
    known.count += finding_count
    counts.set(key, known)
  }
  return { counts: [...counts.values()], foldedCount: names.foldedCount + labelSets.foldedCount }
}
