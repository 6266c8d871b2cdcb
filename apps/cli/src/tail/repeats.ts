/** Most invocations that are remembered. A change of an older one may be shown again. */
const INVOCATIONS_MAX = 10_000

/**
 * Returns a function that detects repeated lines: a second witness changes an invocation and often not the
 * line that shows it.
 */
export function createRepeats(): (invocationId: string, line: string) => boolean {
  const shown = new Map<string, string>()
  return (invocationId, line) => {
    const isRepeat = shown.get(invocationId) === line
    shown.delete(invocationId)
    shown.set(invocationId, line)
    if (shown.size > INVOCATIONS_MAX) shown.delete(shown.keys().next().value!)
    return isRepeat
  }
}
