import { defineConfig } from 'vitest/config'

// Most tests here start whole services, several at a time, also on small and busy machines.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } })
