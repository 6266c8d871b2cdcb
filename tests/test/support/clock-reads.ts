import { withoutComments } from './imports.ts'

/** Every expression that reads the machine's date; `new Date(ms)` and `performance.now()` do not. */
const READS = [
  /\bDate\s*\.\s*now\b/g,
  /\bnew\s+Date\b(?!\s*\(\s*[^\s)])/g,
  /(?<!\bnew\s+)\bDate\s*\(/g,
  /\bnow\b[^=\n]*\}\s*=\s*Date\b/g,
  /\bperformance\s*\.\s*timeOrigin\b/g,
  /\bTemporal\s*\.\s*Now\b/g,
]

/** The lines on which a source reads the machine's clock, comments left out. */
export function clockReadsOf(source: string): number[] {
  const code = withoutComments(source)
  return READS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ index }) => code.slice(0, index).split('\n').length),
  ).sort((left, right) => left - right)
}
