import { defineConfig } from 'vitest/config'

// Processes are started here; on a machine that is busy with other work that takes its time.
// Files share the worker that has loaded the libraries, one worker for each core: no module keeps anything
// that a test could feel.
export default defineConfig({ test: { isolate: false, maxWorkers: '100%', testTimeout: 60_000 } })
