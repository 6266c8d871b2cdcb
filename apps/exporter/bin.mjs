#!/usr/bin/env node
import '../../packages/service/require-node.mjs'

await import('./src/main.ts')
