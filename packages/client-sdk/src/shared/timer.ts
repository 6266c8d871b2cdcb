/** A timer that does not keep Node alive. Browsers have no such thing: there it is an ordinary timer. */
export function startTimer(action: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(action, delayMs)
  if (typeof timer === 'object') timer.unref()
  return timer
}
