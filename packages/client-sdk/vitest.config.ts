import { defineConfig } from 'vitest/config'

// Services, browsers and packed projects are started here; on a machine that is busy with other work that takes its time.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 120_000 } })
