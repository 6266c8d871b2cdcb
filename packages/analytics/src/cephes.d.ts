// The package has declarations, but its `exports` do not name them.
declare module 'cephes' {
  const cephes: {
    /** Resolves when the functions can be called. */
    readonly compiled: Promise<void>
    /** The regularized incomplete beta function. Throws outside of its domain. */
    incbet(a: number, b: number, x: number): number
    /** The natural logarithm of the gamma function. */
    lgam(x: number): number
  }
  export default cephes
}
