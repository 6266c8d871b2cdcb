/** Several runs as one number and its spread. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @param values at least one; the median of an even number is the mean of the middle two */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('there is nothing to summarise')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}
