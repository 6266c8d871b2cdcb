import { expect, test } from 'vitest'
import { importCircles } from './support/import-circles.ts'
import {
  type ParsedSource,
  parseSource,
  programSources,
  type SourceFunction,
} from './support/parsed-source.ts'

/**
 * Lines of a function, from its first to its last line, both included. Every function counts: declarations,
 * arrow functions, methods, accessors and constructors. A nested function counts on its own, and its lines
 * also count for the function around it: a function that returns an object of closures counts whole.
 */
const FUNCTION_LINES = { median: 7, percentile90: 20, most: 60 }
const FILE_LINES_MAX = 250

/** Merged migrations are never edited, as their SQL has a checksum, so their functions may be longer. */
const MAY_HAVE_LONG_FUNCTIONS = [
  '0001-recording.ts',
  '0002-joining.ts',
  '0003-coverage.ts',
  '0004-api-requests.ts',
  '0005-spans.ts',
  '0006-joinable-calls.ts',
  '0007-found-by-index.ts',
].map((file) => `packages/db/src/migrations/${file}`)

/** Data passes through the folders of recording in this order; each may import from those before it. */
const RECORDING = 'packages/db/src/recording'
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  normalise: [],
  correlate: ['normalise'],
  merge: ['normalise', 'correlate'],
  write: ['normalise', 'correlate', 'merge'],
}

const sources = programSources()
const workspaces = [...Map.groupBy(sources, ({ workspace }) => workspace)]

function functionsOf(files: readonly ParsedSource[]): SourceFunction[] {
  return files.flatMap(({ functions }) => functions).sort((a, b) => a.lines - b.lines)
}

function describe({ at, lines }: SourceFunction): string {
  return `${at}: ${lines} lines`
}

/** By nearest rank, of functions sorted by lines. */
function percentile(functions: readonly SourceFunction[], share: number): number {
  return functions[Math.ceil(functions.length * share) - 1]!.lines
}

/**
 * The folder of recording that a file lies in, or undefined for files elsewhere and directly in recording.
 */
function recordingFolder(file: string): string | undefined {
  if (!file.startsWith(`${RECORDING}/`)) return undefined
  const [folder, ...rest] = file.slice(RECORDING.length + 1).split('/')
  return rest.length > 0 ? folder : undefined
}

function isAllowedInRecording(from: string, to: string): boolean {
  const target = recordingFolder(to)
  if (target === undefined) return true
  const source = recordingFolder(from)
  if (source === undefined) return from.startsWith(`${RECORDING}/`)
  return source === target || (MAY_IMPORT[source] ?? []).includes(target)
}

test('the parser finds functions of every form with their lines, and imports of every form', () => {
  const text = `import type { A } from './a.ts'
export { b } from './b.ts'
export * from './c.ts'
type D = import('./d.ts').D
// import './comment.ts'
export const arrow = () => 1
function outer() {
  return {
    inner() {
      return import('./e.ts')
    },
  }
}
class Thing {
  async method(): Promise<void> {
  }
}
`
  const { functions, specifiers } = parseSource('x.ts', text)
  expect(functions.map(({ at, lines }) => `${at} ${lines}`)).toEqual([
    'x.ts:6 arrow 1',
    'x.ts:7 outer 7',
    'x.ts:9 inner 3',
    'x.ts:15 method 2',
  ])
  expect(specifiers.sort()).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts'])
})

test('a circle is found with all its files, without those that only lead to it', () => {
  const imports = new Map([
    ['start', ['a']],
    ['a', ['b']],
    ['b', ['c', 'end']],
    ['c', ['a']],
    ['end', []],
  ])
  expect(importCircles(imports)).toEqual([['a', 'b', 'c']])
})

test.each(workspaces)(
  `in %s half of the functions have at most ${FUNCTION_LINES.median} lines, ` +
    `nine of ten at most ${FUNCTION_LINES.percentile90}`,
  (_, files) => {
    const functions = functionsOf(files)
    const longest = functions.slice(Math.ceil(functions.length * 0.9) - 1).map(describe)
    expect(percentile(functions, 0.5)).toBeLessThanOrEqual(FUNCTION_LINES.median)
    expect(percentile(functions, 0.9), longest.join('\n')).toBeLessThanOrEqual(FUNCTION_LINES.percentile90)
  },
)

test.each(workspaces)(`in %s no function has more than ${FUNCTION_LINES.most} lines`, (_, files) => {
  const bounded = files.filter(({ file }) => !MAY_HAVE_LONG_FUNCTIONS.includes(file))
  const long = functionsOf(bounded).filter(({ lines }) => lines > FUNCTION_LINES.most)
  expect(long.map(describe)).toEqual([])
})

test('every file that may have long functions exists', () => {
  const known = sources.map(({ file }) => file)
  expect(MAY_HAVE_LONG_FUNCTIONS.filter((file) => !known.includes(file))).toEqual([])
})

test.each(workspaces)(`in %s no file has more than ${FILE_LINES_MAX} lines`, (_, files) => {
  const long = files.filter(({ lines }) => lines > FILE_LINES_MAX)
  expect(long.map(({ file, lines }) => `${file}: ${lines} lines`)).toEqual([])
})

test.each(workspaces)('in %s no files import each other in a circle, type imports included', (_, files) => {
  expect(importCircles(new Map(files.map(({ file, imports }) => [file, imports])))).toEqual([])
})

test('imports inside recording follow the order of its folders; no other file imports from them', () => {
  const wrong = sources.flatMap(({ file, imports }) =>
    imports
      .filter((imported) => !isAllowedInRecording(file, imported))
      .map((imported) => `${file} imports ${imported}`),
  )
  expect(wrong).toEqual([])
})

test('a folder of recording may import from those before it in the order, and from no other', () => {
  expect(isAllowedInRecording(`${RECORDING}/write/rows.ts`, `${RECORDING}/merge/merge.ts`)).toBe(true)
  expect(isAllowedInRecording(`${RECORDING}/merge/merge.ts`, `${RECORDING}/write/rows.ts`)).toBe(false)
  expect(isAllowedInRecording(`${RECORDING}/merge/merge.ts`, `${RECORDING}/correlate/spans.ts`)).toBe(true)
  expect(isAllowedInRecording(`${RECORDING}/correlate/spans.ts`, `${RECORDING}/merge/merge.ts`)).toBe(false)
  expect(isAllowedInRecording(`${RECORDING}/record.ts`, `${RECORDING}/write/rows.ts`)).toBe(true)
  expect(isAllowedInRecording('packages/db/src/recount.ts', `${RECORDING}/write/rows.ts`)).toBe(false)
  expect(isAllowedInRecording('packages/db/src/recount.ts', `${RECORDING}/record.ts`)).toBe(true)
})

test('every folder of recording has its place in the order', () => {
  const folders = new Set(sources.flatMap(({ file }) => recordingFolder(file) ?? []))
  expect([...folders].filter((folder) => !(folder in MAY_IMPORT))).toEqual([])
})
