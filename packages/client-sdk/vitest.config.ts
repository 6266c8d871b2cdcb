import { defineConfig } from 'vitest/config'

// Long timeouts: the tests start services, browsers and packed projects, which is slow on a busy machine.
// Without isolation the files share workers that have loaded the libraries already, one worker for each
// core. No module keeps anything that changes the result of a test in another file.
export default defineConfig({
  test: { isolate: false, maxWorkers: '100%', testTimeout: 60_000, hookTimeout: 120_000 },
})
