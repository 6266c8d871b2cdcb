/** Label value of everything beyond a bound. */
export const OTHER = '_other'

/** How many label values of one project a scrape may have (R8). */
export interface LabelBounds {
  readonly skillNamesMax: number
  readonly workflowPhasesMax: number
  /** Combinations of kind, skill name and phase. */
  readonly labelSetsMax: number
}

export interface BoundedValues {
  /** The value itself while there is room for it, else `_other`. */
  admit(value: string): string
  has(value: string): boolean
  /** Different values that became `_other`. */
  readonly foldedCount: number
}

/**
 * Admits values in the order in which they are offered. The answer to a value depends on those before it alone; offered in
 * order of first appearance, a value keeps its answer for ever, so that counters under it never go down.
 */
export function boundedValues(max: number): BoundedValues {
  const admitted = new Set<string>()
  const folded = new Set<string>()
  return {
    admit(value) {
      if (value === OTHER || admitted.has(value)) return value
      if (admitted.size < max) {
        admitted.add(value)
        return value
      }
      folded.add(value)
      return OTHER
    },
    has: (value) => admitted.has(value),
    get foldedCount() {
      return folded.size
    },
  }
}
