import { defineConfig } from 'vitest/config'

// Processes are started and property tests run beside those of other workspaces: room for a busy machine.
// Files share the worker that has loaded the libraries, one worker for each core: no module keeps anything that a test could feel.
export default defineConfig({
  test: { isolate: false, maxWorkers: '100%', include: ['test/**/*.test.ts'], testTimeout: 60_000 },
})
