/** Returns uniform numbers from 0 (included) to 1 (excluded), the same sequence for the same seed. */
export type Random = () => number

/**
 * xoshiro128** 1.1 by David Blackman and Sebastiano Vigna (prng.di.unimi.it/xoshiro128starstar.c). Its state
 * is filled from the seed by splitmix32, as the authors advise. Not for secrets.
 * @param seed any number; its integer part counts, modulo 2^53
 */
export function createRandom(seed: number): Random {
  const next32 = splitmix32(seed)
  let [a, b, c, d] = [next32(), next32(), next32(), next32()] as [number, number, number, number]
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9)
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return (result >>> 0) / 2 ** 32
  }
}

/** splitmix32: the 32-bit finaliser of MurmurHash3 over a Weyl sequence; both halves of the seed count. */
function splitmix32(seed: number): () => number {
  let state = (Math.trunc(seed) ^ Math.trunc(seed / 2 ** 32)) | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return z ^ (z >>> 15)
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
