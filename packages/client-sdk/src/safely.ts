/** What `make` gives, or undefined when it throws: what a caller hands over must not keep the caller's own work from being done. */
export function safely<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
