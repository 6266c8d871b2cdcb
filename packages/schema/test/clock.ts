/** The `NOW_MS` of `@skillwatch/testkit`, which imports this package and so cannot be imported by it. */
export const NOW_MS = Date.UTC(2026, 10, 22, 12)
