import { randomInt } from 'node:crypto'

/** Numbers that follow from a seed, so that a failure can be repeated. */
export interface Random {
  readonly seed: number
  /** Uniform in 0..1. */
  next(): number
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  pick<T>(values: readonly T[]): T
}

/** mulberry32 (Tommy Ettinger, public domain): small, and good enough for choosing moments and sizes. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return { seed, next, between, pick: (values) => values[between(0, values.length - 1)]! }
}

/** A new seed each run, shown so that a failed run can be repeated with `SEED`. */
export function chooseSeed(test: string): number {
  const seed = Number(process.env.SEED ?? randomInt(1_000_000))
  console.log(`${test}: SEED=${seed}`)
  return seed
}
