#!/usr/bin/env node
import '../../packages/service/require-node.mjs'
import '../../packages/service/keep-compiled.mjs'
import { setFlagsFromString } from 'node:v8'

// Hooks wait for the main thread (R12). A garbage collection of its own takes 1 to 2 ms; one that shares the
// work waits for helper threads, which takes 5 to 18 ms when other processes use the processors.
setFlagsFromString('--single-threaded-gc')

await import('./src/main.ts')
