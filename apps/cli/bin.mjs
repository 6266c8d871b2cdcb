#!/usr/bin/env node
// Plain JavaScript, so that an older Node says what is wrong before it meets TypeScript or a native module.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `skillwatch needs Node 24 or newer, this is ${process.versions.node}.\n` +
      'Start it through npm, which brings its own Node: `npm start`, or `npx skillwatch …` inside the repository.\n',
  )
  process.exit(1)
}
await import('./src/main.ts')
