/**
 * The result of `make`, or undefined when it throws. For getters and callbacks of the caller: an error in
 * them must not interrupt the caller's own work.
 */
export function safely<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
