/** Upper bound of remembered invocations; beyond it the oldest is forgotten, and may be shown twice. */
const INVOCATIONS_MAX = 10_000

/**
 * Tells repeats: a second witness changes an invocation without changing what its line shows, and that line need not
 * come again.
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
