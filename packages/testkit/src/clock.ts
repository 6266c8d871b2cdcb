/**
 * The fixed time of the tests. It is well after every generated time, so that an invocation is live only in
 * tests that make it so.
 */
export const NOW_MS = Date.UTC(2026, 10, 22, 12)

/** A clock that always reads {@link NOW_MS}. */
export function fixedClock(): number {
  return NOW_MS
}

/**
 * The machine's clock, for tests of real processes, which read it too. A test derives all its times either
 * from this clock or from {@link NOW_MS}: a test that mixes both passes on some days only.
 */
export function machineNowMs(): number {
  return Date.now()
}

/** A clock that starts at {@link NOW_MS} and moves only when the test moves it. */
export function steppableClock(): { readonly now: () => number; step(ms: number): void } {
  let nowMs = NOW_MS
  return {
    now: () => nowMs,
    step: (ms) => {
      nowMs += ms
    },
  }
}
