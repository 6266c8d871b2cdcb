import { defineConfig } from 'vitest/config'

// Most tests here start whole services, several at a time, also on small and busy machines.
// Files share the worker that has loaded the libraries, one worker for each core: no module keeps anything
// that a test could feel.
export default defineConfig({
  test: { isolate: false, maxWorkers: '100%', testTimeout: 60_000, hookTimeout: 60_000 },
})
