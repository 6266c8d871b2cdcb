import '../../packages/service/keep-compiled.mjs'

await import('./src/detection/detection-process.ts')
