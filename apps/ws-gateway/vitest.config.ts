import { defineConfig } from 'vitest/config'

// Some tests start processes, which is slow on a busy machine.
// Test files share one worker for each core, which loads the libraries once; no module keeps data between
// tests.
export default defineConfig({
  test: { isolate: false, maxWorkers: '100%', testTimeout: 60_000, hookTimeout: 60_000 },
})
