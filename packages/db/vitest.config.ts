import { defineConfig } from 'vitest/config'

// Property tests make hundreds of databases, which takes its time on a busy machine.
// Files share the worker that has loaded the libraries, one worker for each core: no module keeps anything
// that a test could feel.
export default defineConfig({ test: { isolate: false, maxWorkers: '100%', testTimeout: 120_000 } })
