/// <reference path="./cephes.d.ts" />
import cephes from 'cephes'

// The functions of this library exist after its WebAssembly is compiled.
await cephes.compiled

export const { igam, igamc, incbet, ndtr, ndtri, stdtri } = cephes
const { lgam } = cephes

/** The natural logarithm of the beta function. */
export function logBeta(a: number, b: number): number {
  return lgam(a) + lgam(b) - lgam(a + b)
}

/** The natural logarithm of n over k, for whole numbers 0 ≤ k ≤ n. */
export function logChoose(n: number, k: number): number {
  return lgam(n + 1) - lgam(k + 1) - lgam(n - k + 1)
}
