import { defineConfig } from 'vitest/config'

// Whole systems of real processes: one file at a time, with room for a busy machine.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
})
