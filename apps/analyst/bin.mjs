#!/usr/bin/env node
import '../../packages/service/require-node.mjs'
import '../../packages/service/keep-compiled.mjs'

await import('./src/main.ts')
