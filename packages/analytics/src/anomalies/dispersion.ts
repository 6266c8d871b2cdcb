import { median } from 'simple-statistics'
import { type BaselineHours, DECAY, type HourlySums } from './baseline-hours.ts'

/**
 * How the variance of a sum exceeds that of independent calls: `clustered + correlation · x` times as large.
 * Sessions with several calls add a constant factor; what all calls of an hour share adds a part that grows
 * with x, their number (less one, for calls; the expected number, for volume).
 */
export interface Dispersion {
  /** At least 1. */
  readonly clustered: number
  /** At least 0. */
  readonly correlation: number
}

/** Sums of the regression of squared errors on x. They add up over blocks of hours. */
export interface DispersionSums {
  readonly weight: number
  readonly x: number
  readonly xx: number
  readonly ratio: number
  readonly xRatio: number
}

/** What is known of a dispersion before the data of a skill: 1 / variance between skills. */
export interface DispersionPrior {
  readonly clusteredPrecision: number
  readonly correlationPrecision: number
  /** A usual size, on which the weights of blocks depend. */
  readonly typicalCorrelation: number
}

export const CORRELATION_PRIOR: DispersionPrior = {
  clusteredPrecision: 4,
  correlationPrecision: 2_500,
  typicalCorrelation: 0.02,
}

export const VOLUME_PRIOR: DispersionPrior = {
  clusteredPrecision: 4,
  correlationPrecision: 400,
  typicalCorrelation: 0.05,
}

/** Collects the squared errors of blocks of hours. */
export class DispersionCounter {
  readonly #typical: number
  #sums = { weight: 0, x: 0, xx: 0, ratio: 0, xRatio: 0 }

  constructor({ typicalCorrelation }: DispersionPrior) {
    this.#typical = typicalCorrelation
  }

  /**
   * @param ratio the squared error of the block, divided by the variance of independent calls
   * @param noise what the variance of `ratio` has beside 2 (its size)²: 1 / variance for counts
   */
  add(x: number, ratio: number, noise: number): void {
    const weight = 1 / ((1 + this.#typical * x) ** 2 * (2 + noise))
    this.#sums.weight += weight
    this.#sums.x += weight * x
    this.#sums.xx += weight * x * x
    this.#sums.ratio += weight * ratio
    this.#sums.xRatio += weight * x * ratio
  }

  sums(): DispersionSums {
    return this.#sums
  }
}

/** The means of the first hours begin with this many calls of the overall mean. */
const PRIOR_CALLS = 100

/**
 * Squared errors of sums over blocks of hours, by length of a block, against the mean of the hours before
 * each block, so that what a slow drift adds is part of the result.
 * @param lengths hours of a block
 * @param variance of one call, above 0
 */
export function callDispersion(
  counted: HourlySums,
  hours: BaselineHours,
  lengths: readonly number[],
  { mean, variance }: { readonly mean: number; readonly variance: number },
): DispersionSums[] {
  const { sums, counts } = counted
  const { from, to, usable } = hours
  const means = meansBefore(counted, hours, mean)
  return lengths.map((length) => {
    const counter = new DispersionCounter(CORRELATION_PRIOR)
    for (let start = from + ((to - from) % length); start < to; start += length) {
      let [sum, count] = [0, 0]
      for (let hour = start; hour < start + length; hour += 1) {
        sum += sums[hour]! * usable[hour]!
        count += counts[hour]! * usable[hour]!
      }
      const independent = count * variance
      const error = sum - count * means[start]!
      if (count >= 2) counter.add(count - 1, error ** 2 / independent, 1 / independent)
    }
    return counter.sums()
  })
}

/** By hour: the weighted mean of the hours before it. */
function meansBefore({ sums, counts }: HourlySums, { from, to, usable }: BaselineHours, mean: number) {
  const means = new Float64Array(to)
  let [sum, weight] = [PRIOR_CALLS * mean, PRIOR_CALLS]
  for (let hour = from; hour < to; hour += 1) {
    means[hour] = sum / weight
    if (usable[hour] === 0) continue
    sum = sum * DECAY + sums[hour]!
    weight = weight * DECAY + counts[hour]!
  }
  return means
}

/**
 * The dispersions of each skill by length of a block, moved to the median of all skills, the further the less
 * its own data say: the regression with a normal prior around the median (Lindley & Smith, J. R. Stat. Soc.
 * B 34, 1972, 1-41). Clusters are sessions, which do not depend on the length, so they are fitted on the
 * shortest blocks, of which there are most.
 * @param all null where a skill has no baseline, and then null in the result
 */
export function shrinkDispersions(
  all: readonly (readonly DispersionSums[] | undefined)[],
  prior: DispersionPrior,
): (readonly Dispersion[] | undefined)[] {
  const known = all.filter((sums) => sums !== undefined)
  const shortest = known.flatMap(([sums]) =>
    sums!.weight > 0 ? [fitBoth(sums!, INDEPENDENT, weak(prior))] : [],
  )
  const centre = medianOf(shortest)
  const lengths = known[0]?.map((_, length) =>
    medianOf(known.map((sums) => fitCorrelation(sums[length]!, centre.clustered, 0, weak(prior)))),
  )
  return all.map((sums) => {
    if (!sums) return undefined
    const { clustered } = fitBoth(sums[0]!, centre, prior)
    return sums.map((each, length) => fitCorrelation(each, clustered, lengths![length]!.correlation, prior))
  })
}

const INDEPENDENT: Dispersion = { clustered: 1, correlation: 0 }

function weak(prior: DispersionPrior): DispersionPrior {
  return {
    ...prior,
    clusteredPrecision: prior.clusteredPrecision / 100,
    correlationPrecision: prior.correlationPrecision / 100,
  }
}

function medianOf(dispersions: readonly Dispersion[]): Dispersion {
  if (dispersions.length === 0) return INDEPENDENT
  return {
    clustered: median(dispersions.map(({ clustered }) => clustered)),
    correlation: median(dispersions.map(({ correlation }) => correlation)),
  }
}

/** Where a bound is met, the other one is fitted again with it. */
function fitBoth(sums: DispersionSums, centre: Dispersion, prior: DispersionPrior): Dispersion {
  const [a, b, d] = [sums.weight + prior.clusteredPrecision, sums.x, sums.xx + prior.correlationPrecision]
  const e = sums.ratio + prior.clusteredPrecision * centre.clustered
  const f = sums.xRatio + prior.correlationPrecision * centre.correlation
  const clustered = (d * e - b * f) / (a * d - b * b)
  const correlation = (a * f - b * e) / (a * d - b * b)
  if (correlation < 0) return { clustered: Math.max(1, e / a), correlation: 0 }
  return clustered < 1 ? fitCorrelation(sums, 1, centre.correlation, prior) : { clustered, correlation }
}

function fitCorrelation(
  { x, xx, xRatio }: DispersionSums,
  clustered: number,
  centre: number,
  { correlationPrecision }: DispersionPrior,
): Dispersion {
  const slope = (xRatio - clustered * x + correlationPrecision * centre) / (xx + correlationPrecision)
  return { clustered, correlation: Math.max(0, slope) }
}
