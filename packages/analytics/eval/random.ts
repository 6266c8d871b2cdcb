import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Random variates from one seed: the same numbers in every run. */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed)
  }

  uniform(from = 0, to = 1): number {
    return from + (to - from) * uniformFloat64(this.#generator)
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.uniform(0, count))
  }

  /** Uniform on a log scale. */
  logUniform(from: number, to: number): number {
    return Math.exp(this.uniform(Math.log(from), Math.log(to)))
  }

  /** Box & Muller, Annals of Mathematical Statistics 29, 1958. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  /** Marsaglia & Tsang, ACM Transactions on Mathematical Software 26, 2000. */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * this.uniform() ** (1 / shape)
    const d = shape - 1 / 3
    for (;;) {
      const z = this.normal()
      const v = (1 + z / Math.sqrt(9 * d)) ** 3
      if (v > 0 && Math.log(1 - this.uniform()) < z * z * 0.5 + d - d * v + d * Math.log(v)) return d * v
    }
  }

  /** With a mean and the correlation of two trials that share it. */
  beta(mean: number, correlation: number): number {
    const strength = (1 - correlation) / correlation
    const a = this.gamma(Math.max(1e-3, mean * strength))
    return a / (a + this.gamma(Math.max(1e-3, (1 - mean) * strength)))
  }

  /** By multiplication up to 30, by the sum of smaller ones above. */
  poisson(mean: number): number {
    if (mean > 30) return this.poisson(mean / 2) + this.poisson(mean / 2)
    const limit = Math.exp(-mean)
    let count = -1
    for (let product = 1; product > limit || count < 0; count += 1) {
      product *= this.uniform()
      if (product <= limit) return count + 1
    }
    return count
  }

  /** Numbers from 1, each one following with the probability 1 - 1 / mean. */
  geometric(mean: number): number {
    if (mean <= 1) return 1
    return 1 + Math.floor(Math.log(1 - this.uniform()) / Math.log(1 - 1 / mean))
  }

  index(shares: readonly number[]): number {
    let rest = this.uniform()
    for (let i = 0; i < shares.length - 1; i += 1) {
      rest -= shares[i]!
      if (rest < 0) return i
    }
    return shares.length - 1
  }
}
