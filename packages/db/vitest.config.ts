import { defineConfig } from 'vitest/config'

// Property tests make hundreds of databases, which takes its time on a busy machine.
export default defineConfig({ test: { testTimeout: 120_000 } })
