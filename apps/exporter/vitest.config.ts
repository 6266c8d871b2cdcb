import { defineConfig } from 'vitest/config'

// Processes are started and property tests run beside those of other workspaces: room for a busy machine.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000 },
})
