import { defineConfig } from 'vitest/config'

// Some tests start processes, and other workspaces test at the same time: the timeout allows for a busy
// machine. Test files share one worker for each core, which loads the libraries once; no module keeps data
// between tests.
export default defineConfig({
  test: { isolate: false, maxWorkers: '100%', include: ['test/**/*.test.ts'], testTimeout: 60_000 },
})
