import { expect, test } from 'vitest'
import { clockReadsOf } from './support/clock-reads.ts'
import { filesBelow, readText, workspaces } from './support/repository.ts'

const SOURCES = /\.(ts|mts|cts|tsx|js|mjs|cjs)$/
/** A benchmark measures on the machine's clock. */
const files = workspaces()
  .filter(({ path }) => path !== 'bench')
  .flatMap(({ path }) => filesBelow(path, SOURCES))

test('the reader of sources finds each way to read the clock, and skips comments', () => {
  const sample = readText('tests/test/support/clock-reads-sample.txt')
  expect(clockReadsOf(sample)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test("only programs, the client's default clock and the clock of the tests read the machine's clock", () => {
  expect(files.filter((file) => clockReadsOf(readText(file)).length > 0)).toEqual([
    'apps/analyst/src/main.ts',
    'apps/cli/src/main.ts',
    'apps/exporter/src/main.ts',
    'apps/ingest/src/main.ts',
    'apps/ws-gateway/src/main.ts',
    // A library has no main.ts: this is the clock of a caller that passes none.
    'packages/client-sdk/src/clock.ts',
    'packages/testkit/src/clock.ts',
  ])
})

test('the fixed instant of tests is defined in testkit, and in the package that it imports', () => {
  const definitions = files.flatMap((file) =>
    [...readText(file).matchAll(/\bconst \w*NOW_MS = (.*)$/gm)].map(([, value]) => `${file}: ${value}`),
  )
  expect(definitions).toEqual([
    'packages/schema/test/clock.ts: Date.UTC(2026, 10, 22, 12)',
    'packages/testkit/src/clock.ts: Date.UTC(2026, 10, 22, 12)',
  ])
})
