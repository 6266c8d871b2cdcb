import type { Row } from './measure.ts'
import type { Summary } from './statistics.ts'

/** The rows as text with aligned columns. */
export function toTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.name,
    row.unit,
    withSpread(row.value_spread),
    withSpread(row.baseline_spread),
    withSpread(row.ratio_spread, row.ratio),
    goalOf(row),
    percent(highestSteal(row)),
  ])
  const header = [
    'name',
    'unit',
    'ours (min–max)',
    'baseline (min–max)',
    'ratio (min–max)',
    'goal',
    'steal ≤',
  ]
  const widths = header.map((_, column) =>
    Math.max(...[header, ...lines].map((line) => line[column]!.length)),
  )
  return [header, ...lines]
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Highest part of processor time that was stolen in any run of a row. */
export function highestSteal({ pairs }: Row): number | undefined {
  const shares = pairs
    .flatMap(({ steal, baseline_steal }) => [steal, baseline_steal])
    .filter((share) => share !== undefined)
  return shares.length === 0 ? undefined : Math.max(...shares)
}

function goalOf({ goal, ratio_goal }: Row): string {
  if (ratio_goal !== null) return `ratio ${ratio_goal}`
  return goal === null ? '-' : toText(goal)
}

function withSpread({ median, min, max }: Summary, shown = median): string {
  return `${toText(shown)} (${toText(min)}–${toText(max)})`
}

function toText(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}

function percent(share: number | undefined): string {
  return share === undefined ? 'unknown' : `${(share * 100).toFixed(1)} %`
}
