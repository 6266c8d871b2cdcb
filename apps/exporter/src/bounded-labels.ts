/** Label value that replaces all values beyond a bound. */
export const OTHER = '_other'

/** How many label values of one project a scrape may have (R8). */
export interface LabelBounds {
  readonly skillNamesMax: number
  readonly workflowPhasesMax: number
  /** Combinations of kind, skill name and phase. */
  readonly labelSetsMax: number
}

export interface BoundedValues {
  /** The value itself while the bound is not reached, else `_other`. */
  admit(value: string): string
  has(value: string): boolean
  /** How many different values were replaced by `_other`. */
  readonly foldedCount: number
}

/**
 * Admits values in the order in which they are offered. The answer depends only on the values offered
 * before. Offer them in order of creation: then a value keeps its label for ever, and counters under it
 * never fall.
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
