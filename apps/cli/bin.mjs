#!/usr/bin/env node
import '../../packages/service/require-node.mjs'

// Types are stripped once, not at every start: a hook starts for each call of a tool. Where the folder cannot be written,
// this changes nothing. The module is asked for here because older versions of Node, which end above, have no such export.
const { enableCompileCache } = await import('node:module')
enableCompileCache(`${import.meta.dirname}/../../node_modules/.cache/skillwatch`)

await import('./src/main.ts')
