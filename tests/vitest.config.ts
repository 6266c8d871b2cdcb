import { defineConfig } from 'vitest/config'

// Whole systems of real processes, with room for a busy machine.
// Files share the worker that has loaded the libraries, one worker for each core: no module keeps anything
// that a test could feel.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    isolate: false,
    maxWorkers: '100%',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
})
