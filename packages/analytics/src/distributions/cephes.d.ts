// The package has declarations, but its `exports` do not name them. All functions throw outside of their
// domain.
declare module 'cephes' {
  const cephes: {
    /** Resolves when the functions can be called. */
    readonly compiled: Promise<void>
    /** The regularized incomplete beta function. */
    incbet(a: number, b: number, x: number): number
    /** The regularized lower incomplete gamma function. */
    igam(a: number, x: number): number
    /** The regularized upper incomplete gamma function. */
    igamc(a: number, x: number): number
    /** The natural logarithm of the gamma function. */
    lgam(x: number): number
    /** P(Z ≤ z) of a standard normal variable. */
    ndtr(z: number): number
    /** The quantile of a standard normal variable. */
    ndtri(probability: number): number
    /** The quantile of Student's t distribution, for a whole number of degrees of freedom. */
    stdtri(degreesOfFreedom: number, probability: number): number
  }
  export default cephes
}
